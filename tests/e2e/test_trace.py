"""One trace follows a question from HTTP through every hop to the model and back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.platform_node import Platform

SPANS: list[tuple[str, str, str, str, str]] = []
# The span that the question is asked in.
CALLER = "b7ad6b7169203331"


class Collector(BaseHTTPRequestHandler):
    """An OTLP/HTTP collector that keeps (service, name, trace, span, parent) of every span."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            import gzip

            body = gzip.decompress(body)
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            service = next(
                each.value.string_value for each in resource.resource.attributes if each.key == "service.name"
            )
            for scope in resource.scope_spans:
                for span in scope.spans:
                    SPANS.append(
                        (service, span.name, span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
                    )
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def traced(tmp_path: Path) -> Iterator[Platform]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        "ALLMANNING_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
    }
    platform = Platform(tmp_path, environment=environment).start()
    platform.deploy("exempelby")
    yield platform
    platform.stop()
    server.shutdown()


def test_a_question_is_one_trace_through_every_service(traced: Platform) -> None:
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    with traced.http(traced.key("exempelby", "citizen")) as client:
        answer = client.post(
            "/v1/chat/completions",
            json={"messages": [{"role": "user", "content": "Behöver jag bygglov?"}]},
            headers={"traceparent": f"00-{trace_id}-{CALLER}-01"},
        )
        assert answer.status_code == 200
    expected = {f"allmanning-{name}" for name in ("gateway", "generate", "retrieve", "index", "audit")}
    # Each service sends its spans when it pleases: a child may arrive well before its parent.
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (expected - services_in(trace_id) or orphans_in(trace_id)):
        time.sleep(0.1)
    assert services_in(trace_id) >= expected
    assert orphans_in(trace_id) == []


def services_in(trace_id: str) -> set[str]:
    return {service for service, _, trace, _, _ in list(SPANS) if trace == trace_id}


def orphans_in(trace_id: str) -> list[tuple[str, str]]:
    """Service and name of the spans whose parent is neither here nor the caller's own."""
    mine = [span for span in list(SPANS) if span[2] == trace_id]
    known = {span for _, _, _, span, _ in mine} | {CALLER}
    return [(service, name) for service, name, _, _, parent in mine if parent not in known]
