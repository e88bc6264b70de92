"""Documents of any size in and out over HTTP, in pieces, and nothing stays of one that is too large."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
from pathlib import Path

import pytest

from allmanning.gateway.problems import _http_error
from allmanning.runtime.objects import Objects
from tests.integration.gateway.conftest import until

DATA = random.Random(2).randbytes(700_000)


async def test_a_viewer_fetches_the_part_it_shows(gateway):
    await gateway.put_document(data=DATA)
    async with gateway.client() as client:
        whole = await client.get("/v1/documents/altan/original")
        part = await client.get("/v1/documents/altan/original", headers={"Range": "bytes=300000-300099"})
        end = await client.get("/v1/documents/altan/original", headers={"Range": "bytes=-10"})
        behind = await client.get("/v1/documents/altan/original", headers={"Range": "bytes=700000-"})

    assert (whole.status_code, whole.content) == (200, DATA)
    assert (whole.headers["content-length"], whole.headers["accept-ranges"]) == ("700000", "bytes")
    assert (part.status_code, part.content) == (206, DATA[300_000:300_100])
    assert part.headers["content-range"] == "bytes 300000-300099/700000"
    assert part.headers["content-security-policy"].startswith("sandbox")
    assert end.content == DATA[-10:]
    assert (behind.status_code, behind.headers["content-range"]) == (416, "bytes */700000")


async def test_a_viewer_that_began_with_another_version_gets_the_whole(gateway):
    await gateway.put_document(data=DATA)
    async with gateway.client() as client:
        tag = (await client.get("/v1/documents/altan/original")).headers["etag"]
        same = await client.get("/v1/documents/altan/original", headers={"Range": "bytes=0-9", "If-Range": tag})
        other = await client.get("/v1/documents/altan/original", headers={"Range": "bytes=0-9", "If-Range": '"other"'})

    assert (same.status_code, other.status_code) == (206, 200)


async def send(gateway, head: str, body: bytes, *, endless: bool = False) -> tuple[bytes, int]:
    """What the gateway answers to these bytes, and how many of the body it took before."""
    host, port = gateway.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    sent = 0

    async def push() -> None:
        nonlocal sent
        writer.write(head.encode())
        while True:
            writer.write(body)
            await writer.drain()
            sent += len(body)
            if not endless:
                return

    pushing = asyncio.create_task(push())
    async with asyncio.timeout(20):
        answer = await reader.readline()
    pushing.cancel()
    await asyncio.gather(pushing, return_exceptions=True)
    writer.close()
    return answer, sent


FORM = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n' + b"a" * 60_000


async def test_a_body_that_says_it_is_too_large_is_not_read(gateway):
    head = (
        "POST /v1/documents HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        f"Authorization: Bearer {gateway.key('admin')}\r\nContent-Length: 2000000000\r\n\r\n"
    )
    answer, sent = await send(gateway, head, b"")
    assert b" 413 " in answer
    assert sent == 0


async def test_a_body_that_says_nothing_of_its_size_ends_at_the_limit(gateway):
    head = (
        "POST /v1/documents HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        f"Authorization: Bearer {gateway.key('admin')}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    answer, _ = await send(gateway, head, b"%x\r\n%s\r\n" % (len(FORM), FORM), endless=True)
    assert b" 413 " in answer
    assert not gateway.script.asked


def spooled(folder: Path) -> list[str]:
    """Files in the folder that are open; they have no name there, so that they end with whoever has them open."""
    found = []
    for each in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if (name := str(each.readlink())).startswith(str(folder)):
                found.append(name)
    return found


@pytest.mark.parametrize("path", ["/v1/documents", "/admin/documents"])
async def test_an_upload_that_breaks_off_leaves_nothing(gateway, tmp_path, monkeypatch, caplog, path):
    folder = tmp_path / "spool"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setattr("starlette.formparsers.MultiPartParser.spool_max_size", 1)
    async with gateway.signed_in("admin") as client:
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    head = (
        f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        f"Authorization: Bearer {gateway.key('admin')}\r\nCookie: {cookie}\r\nContent-Length: 49000\r\n\r\n"
    )
    host, port = gateway.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    field = b'name="files"' if "admin" in path else b'name="file"'
    writer.write(head.encode() + FORM[:40_000].replace(b'name="file"', field))
    await writer.drain()
    await until(lambda: bool(spooled(folder)))
    writer.transport.abort()
    await until(lambda: not spooled(folder))

    assert list(folder.iterdir()) == []
    assert not gateway.script.asked
    assert [name async for name in Objects(gateway.bus, "originals").names()] == []
    assert [each.message for each in caplog.records if each.levelname == "ERROR"] == []


async def test_a_large_upload_is_stored_as_it_came(gateway):
    data = DATA[:49_000]
    async with gateway.client("admin") as client:
        answer = await client.post("/v1/documents", files={"file": ("a.txt", data)})
    assert answer.status_code == 202
    digest = hashlib.sha256(data).hexdigest()
    assert (await Objects(gateway.bus, "originals").describe(digest)).sha256 == digest


@pytest.mark.parametrize(("number", "status"), [(28, 503), (5, 400)])
def test_a_full_disk_is_no_fault_of_the_request(number, status):
    from fastapi import Request
    from starlette.exceptions import HTTPException

    error = HTTPException(400)
    error.__cause__ = OSError(number, "disk")
    request = Request({"type": "http", "method": "POST", "path": "/v1/documents", "headers": [], "query_string": b""})
    assert _http_error(request, error).status_code == status
