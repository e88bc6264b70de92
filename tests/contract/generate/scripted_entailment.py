"""A text-embeddings-inference server with a sequence classifier, scripted: the real protocol, a test's opinions."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Scores = tuple[float, float, float]
"""Of entailment, neutral, contradiction."""


class ScriptedEntailment(ThreadingHTTPServer):
    """`judge` scores a premise and a hypothesis; `labels` are the names under which the scores are told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.judge: Callable[[str, str], Scores] = lambda _premise, _hypothesis: (0.9, 0.08, 0.02)
        self.labels = ("entailment", "neutral", "contradiction")
        self.status = 200
        self.delay_s = 0.0
        self.body = b""
        """Said in place of an answer."""
        self.batches: list[list[tuple[str, str]]] = []
        self.authorizations: set[str | None] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Request(BaseHTTPRequestHandler):
    server: ScriptedEntailment

    def do_GET(self) -> None:
        self._answer(json.dumps({"model_id": "nli-test", "model_sha": "abc"}).encode())

    def do_POST(self) -> None:
        server = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert (self.path, body["truncate"], body["raw_scores"]) == ("/predict", True, False)
        pairs = [(premise, hypothesis) for premise, hypothesis in body["inputs"]]
        server.batches.append(pairs)
        server.authorizations.add(self.headers["Authorization"])
        time.sleep(server.delay_s)
        rows = [
            sorted(
                (
                    {"label": name, "score": score}
                    for name, score in zip(server.labels, server.judge(*pair), strict=True)
                ),
                key=lambda row: -float(row["score"]),
            )
            for pair in pairs
        ]
        self._answer(server.body or json.dumps(rows).encode())

    def _answer(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.send_response(self.server.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def scripted_entailment() -> Iterator[ScriptedEntailment]:
    """A running server; it ends with the block."""
    server = ScriptedEntailment()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
