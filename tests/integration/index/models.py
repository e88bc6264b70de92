"""Two models that are nothing alike, in this process and behind a server."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from allmanning.index.embed.protocol import Vectors


class HashEmbedder:
    """Unit vectors from the texts' hashes, salted with the model's name; says which texts it was given."""

    def __init__(self, model: str, dimension: int) -> None:
        self.model = model
        self.dimension = dimension
        self.calls: list[int] = []
        self.texts: list[str] = []
        self.closed = False

    async def warm_up(self) -> None:
        pass

    async def close(self) -> None:
        self.closed = True

    def vectors(self, texts: Sequence[str]) -> Vectors:
        rows = [hashlib.shake_128(f"{self.model} {text}".encode()).digest(self.dimension) for text in texts]
        numbers = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), self.dimension).astype(np.float32) - 127.5
        unit: Vectors = numbers / np.linalg.norm(numbers, axis=1, keepdims=True)
        return unit

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(len(texts))
        self.texts += texts
        return self.vectors(texts)

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return await self.embed_queries(texts)


class _Request(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer({"model_id": self.server.model.model, "model_sha": "1", "max_client_batch_size": 32})

    def do_POST(self) -> None:
        inputs = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["inputs"]
        self._answer(self.server.model.vectors(inputs).tolist())

    def _answer(self, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    def __init__(self, model: HashEmbedder) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.model = model


@contextmanager
def tei_server(model: str, dimension: int) -> Iterator[str]:
    """Answers as text-embeddings-inference does; yields its address."""
    server = _Server(HashEmbedder(model, dimension))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
