"""A scripted text-embeddings-inference server with the real model behind."""

from __future__ import annotations

import contextlib
import json
import random
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from allmanning.index.embed.encoder import Encoder

MAX_BATCH = 2
DROPPED = 0
"""In place of a status: the connection is closed without an answer."""


class Tei(ThreadingHTTPServer):
    """Fails the next requests as `script` says, one status each, then all of them with `failing` if that is set."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.encoder = encoder
        self.script: list[int] = []
        self.failing = 200
        self.delay_s = 0.0
        self.jitter_s = 0.0
        self.retry_after = "0"
        self.answering = threading.Event()
        self.answering.set()
        self.batches: list[list[str]] = []
        self.asked = 0
        self.most_at_once = 0
        self.authorizations: set[str | None] = set()
        self._lock = threading.Lock()
        self._at_once = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @contextlib.contextmanager
    def request(self) -> Iterator[int]:
        """The status to answer with; counts the requests that are open together."""
        with self._lock:
            self.asked += 1
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            status = self.script.pop(0) if self.script else self.failing
        try:
            time.sleep(self.delay_s + random.random() * self.jitter_s)
            self.answering.wait()
            yield status
        finally:
            with self._lock:
                self._at_once -= 1


class _Request(BaseHTTPRequestHandler):
    server: Tei

    def do_GET(self) -> None:
        about = {"model_id": "intfloat/multilingual-e5-small", "model_sha": "abc", "max_client_batch_size": MAX_BATCH}
        self._answer(about, 200)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server, inputs = self.server, body["inputs"]
        server.authorizations.add(self.headers["Authorization"])
        with server.request() as scripted:
            too_much = len(inputs) > MAX_BATCH or not body["truncate"]
            status = 413 if scripted == 200 and too_much else scripted
            answer: object = {"error": "overloaded"}
            if status == 200:
                server.batches.append(inputs)
                answer = [(3 * server.encoder.run(text, "")).tolist() for text in inputs]
        if status == DROPPED:
            self.close_connection = True
        else:
            self._answer(answer, status)

    def _answer(self, value: object, status: int) -> None:
        data = json.dumps(value).encode()
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            if status != 200 and self.server.retry_after:
                self.send_header("Retry-After", self.server.retry_after)
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(encoder: Encoder) -> Iterator[Tei]:
    """A running server; it ends with the block."""
    server = Tei(encoder)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.answering.set()
        server.shutdown()
        thread.join()
        server.server_close()
