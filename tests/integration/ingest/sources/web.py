"""A web server of this machine that answers what a test says, and remembers what it was asked."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """An answer; with `etag` it is also given as 304 without a body."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: bool = True


@dataclass
class Web:
    """Pages by path with query, and what was asked: method, path, status and the client's name."""

    port: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    cookies: list[str] = field(default_factory=list)
    bodies: int = 0
    before: Callable[[str], None] = lambda _: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def html(self, path: str, text: str, *, head: str = "", links: str = "", **options: object) -> None:
        markup = f"<html><head><title>{text}</title>{head}</head><body><main><p>{text}</p>{links}</main></body></html>"
        self.pages[path] = Page(markup.encode(), **options)  # type: ignore[arg-type]

    def sitemap(self, *paths: str, at: str = "/sitemap.xml", packed: bool = False, lastmod: str = "") -> None:
        changed = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
        entries = "".join(f"<url><loc>{self.url}{each}</loc>{changed}</url>" for each in paths)
        self._map(at, f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>', packed)

    def index(self, *paths: str, at: str = "/sitemap.xml") -> None:
        entries = "".join(f"<sitemap><loc>{self.url}{each}</loc></sitemap>" for each in paths)
        self._map(at, f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>')

    def _map(self, at: str, xml: str, packed: bool = False) -> None:
        data = f'<?xml version="1.0" encoding="UTF-8"?>{xml}'.encode()
        self.pages[at] = Page(gzip.compress(data), "application/gzip") if packed else Page(data, "application/xml")

    def forget(self) -> None:
        self.asked.clear()
        self.bodies = 0


def _handler(web: Web) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            web.before(self.path)
            page = web.pages.get(self.path, Page(b"saknas", status=404, etag=False))
            etag = f'"{hashlib.sha256(page.body).hexdigest()[:16]}"'
            known = page.etag and page.status == 200 and self.headers.get("If-None-Match") == etag
            status, body = (304, b"") if known else (page.status, page.body)
            web.asked.append((self.path, status))
            web.agents.add(self.headers.get("User-Agent", ""))
            web.cookies += self.headers.get_all("Cookie", [])
            web.bodies += bool(body)
            self.send_response(status)
            said = {"Content-Type": page.kind, "Content-Length": str(len(body))} | page.headers
            for name, value in (said | ({"ETag": etag} if page.etag else {})).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@contextmanager
def serving() -> Iterator[Web]:
    web = Web()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(web))
    server.daemon_threads = True
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
