"""What is taken home is written as it comes, whole or not at all."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from allmanning.node.client import Client
from allmanning.runtime.errors import Forbidden, Unavailable

PIECE, PIECES = b"x" * 1_000_000, 40


class Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/forbidden":
            self.send_response(403)
            body = b'{"error": {"code": "key.forbidden", "message": "Nej."}}'
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(PIECES * len(PIECE)))
        self.end_headers()
        for _ in range(PIECES // (2 if self.path == "/cut" else 1)):
            self.wfile.write(PIECE)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Client(f"http://127.0.0.1:{server.server_port}", "alm_x")
    server.shutdown()
    thread.join()


def test_a_large_log_is_written_without_being_held_in_memory(client: Client, tmp_path: Path) -> None:
    out = tmp_path / "logg.zip"
    tracemalloc.start()
    size = client.download("/whole", {}, out)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == out.stat().st_size == PIECES * len(PIECE)
    assert peak < size / 4


@pytest.mark.parametrize(("path", "error"), [("/forbidden", Forbidden), ("/cut", Unavailable)])
def test_what_is_refused_or_cut_off_leaves_no_file(
    client: Client, tmp_path: Path, path: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        client.download(path, {}, tmp_path / "logg.zip")
    assert list(tmp_path.iterdir()) == []
