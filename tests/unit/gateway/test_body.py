"""No body is larger than its limit, on disk either."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, UploadFile

from allmanning.gateway.body import BodyLimit
from allmanning.gateway.settings import GatewaySettings

PIECE = b"a" * 100_000


def spooled(folder: Path) -> int:
    """Files in `folder` that this process has open; they have no names there."""
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return sum(str(link.readlink()).startswith(str(folder)) for link in links)


@pytest.fixture
async def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    app = FastAPI()

    @app.post("/v1/documents")
    async def upload(file: UploadFile) -> int:
        return file.size or 0

    app.add_middleware(BodyLimit, settings=GatewaySettings(max_document_bytes=3_000_000))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://a") as opened:
        yield opened


async def test_an_upload_without_a_length_ends_at_the_limit_and_leaves_the_disk(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    on_disk, sent = set[int](), 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(200):
            on_disk.add(spooled(tmp_path))
            sent += len(PIECE)
            yield PIECE

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await client.post("/v1/documents", content=body(), headers=headers)
    assert answer.status_code == 413
    assert on_disk == {0, 1}
    assert sent <= 3_200_000
    assert spooled(tmp_path) == 0


async def test_a_length_that_is_too_large_is_believed(client: httpx.AsyncClient) -> None:
    async def body() -> AsyncIterator[bytes]:
        raise AssertionError("it was read")
        yield b""

    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "2000000000"}
    assert (await client.post("/v1/documents", content=body(), headers=headers)).status_code == 413


async def test_an_upload_within_the_limit_passes(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/documents", files={"file": ("a.txt", PIECE * 29)})
    assert (answer.status_code, answer.json()) == (200, 2_900_000)
