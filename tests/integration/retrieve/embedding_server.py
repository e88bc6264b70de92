"""A scripted text-embeddings-inference server with the word embedder behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.integration.retrieve.word_embedder import WordEmbedder


class EmbeddingServer(ThreadingHTTPServer):
    """`failing` is the status to fail with, 0 for none; while `answering` is not set, nothing is answered."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.failing = 0
        self.asked = 0
        self.answering = threading.Event()
        self.answering.set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def die(self) -> None:
        """From now on nobody listens; a second call does nothing."""
        self.answering.set()
        self.shutdown()
        self.server_close()


class _Request(BaseHTTPRequestHandler):
    server: EmbeddingServer

    def do_GET(self) -> None:
        self._answer({"model_id": WordEmbedder.model, "model_sha": "1", "max_client_batch_size": 8})

    def do_POST(self) -> None:
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["inputs"]
        self.server.asked += 1
        self.server.answering.wait()
        if self.server.failing:
            self._answer({"error": "overloaded"}, self.server.failing)
            return
        questions = [text.removeprefix("query: ") for text in texts]
        self._answer(asyncio.run(WordEmbedder().embed_queries(questions)).tolist())

    def _answer(self, value: object, status: int = 200) -> None:
        data = json.dumps(value).encode()
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass
