"""A text-embeddings-inference server that embeds with `WordVectors`, in a process of its own.

python -m tests.benchmark.retrieve.scripted_tei MODEL@HASH DIMENSION PORT
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.benchmark.retrieve.word_vectors import WordVectors
from tests.conftest import free_port

MAX_BATCH = 256


def application(vectors: WordVectors) -> Starlette:
    name, _, sha = vectors.model.partition("@")
    about = {"model_id": name, "model_sha": sha, "max_client_batch_size": MAX_BATCH}

    async def info(_: Request) -> Response:
        return _json(about)

    async def embed(request: Request) -> Response:
        inputs = (await request.json())["inputs"]
        return _json([vectors.vector(text).tolist() for text in inputs])

    return Starlette(routes=[Route("/info", info), Route("/", embed, methods=["POST"])])


def _json(value: object) -> Response:
    return Response(json.dumps(value), media_type="application/json")


@contextmanager
def scripted_tei(model: str, dimension: int) -> Iterator[str]:
    """Address of a running server; it ends with the block."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", __name__, model, str(dimension), str(port)])
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url)
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx2.get(f"{url}/info", timeout=1)
        except httpx2.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(url)


async def main(model: str, dimension: int, port: int) -> None:
    server = uvicorn.Server(uvicorn.Config(application(WordVectors(model, dimension)), port=port, log_level="warning"))
    await server.serve()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
