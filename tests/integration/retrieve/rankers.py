"""A scripted text-embeddings-inference server with a cross-encoder."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Rankers:
    """Starts servers on free ports; `close` stops them all."""

    def __init__(self) -> None:
        self._servers: list[ThreadingHTTPServer] = []

    def preferring(self, word: str) -> str:
        """Address of a cross-encoder that likes texts with this word."""

        def rank(texts: list[str]) -> tuple[int, object]:
            scores = [{"index": at, "score": 0.9 if word in text else 0.1} for at, text in enumerate(texts)]
            return 200, sorted(scores, key=lambda each: -each["score"])

        return self._serve(rank)

    def failing(self) -> str:
        """Address of a cross-encoder that always fails."""
        return self._serve(lambda _: (500, {"error": "out of memory", "error_type": "Backend"}))

    def _serve(self, rank: object) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = rank(body["texts"])  # type: ignore[operator]
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
