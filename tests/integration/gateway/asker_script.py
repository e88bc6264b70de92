"""What a scripted audit service answers to whoever asked, and what it was told."""

from __future__ import annotations

from dataclasses import dataclass, field

from allmanning.contracts.audit.v1 import asker_pb as proto
from allmanning.contracts.audit.v1 import erasure_pb
from allmanning.contracts.audit.v1 import inspection_pb as inspection
from allmanning.runtime import subjects
from allmanning.runtime.discovery import EndpointStats
from allmanning.runtime.endpoint import Endpoint


@dataclass
class AskerScript:
    asked: list[object] = field(default_factory=list)
    error: Exception | None = None

    async def start(self, gateway) -> AskerScript:
        """Answer in place of the audit service."""
        endpoints = [
            Endpoint(subjects.AUDIT_RATE_ANSWER, proto.RateAnswerRequest, self.rate),
            Endpoint(subjects.AUDIT_REQUEST_CONTACT, proto.RequestContactRequest, self.contact),
            Endpoint(subjects.AUDIT_ASK_ERASURE, proto.AskErasureRequest, self.erase),
            Endpoint(subjects.AUDIT_LIST_RETENTION, erasure_pb.ListRetentionRequest, self.retention),
            Endpoint(subjects.AUDIT_INSPECT, inspection.InspectRequest, self.inspect),
        ]
        await gateway.audit.start([(each, EndpointStats(each.subject, each.subject)) for each in endpoints])
        return self

    def _noted(self, request: object) -> None:
        self.asked.append(request)
        if self.error:
            raise self.error

    async def rate(self, request: proto.RateAnswerRequest) -> proto.RateAnswerResponse:
        self._noted(request)
        return proto.RateAnswerResponse(record_id="r1")

    async def contact(self, request: proto.RequestContactRequest) -> proto.RequestContactResponse:
        self._noted(request)
        return proto.RequestContactResponse(contact_id="c1")

    async def erase(self, request: proto.AskErasureRequest) -> proto.AskErasureResponse:
        self._noted(request)
        return proto.AskErasureResponse(erasure_id="e1", records=3)

    async def retention(self, _: erasure_pb.ListRetentionRequest) -> erasure_pb.ListRetentionResponse:
        kept = erasure_pb.Retention(retention_class="G1", meaning="Frågor utan ärende", state="decided")
        kept.keep_days, kept.decision_dnr = 365, "KS 2026-114"
        return erasure_pb.ListRetentionResponse(classes=[kept])

    async def inspect(self, request: inspection.InspectRequest) -> inspection.InspectResponse:
        self._noted(request)
        return inspection.InspectResponse(
            report=b'{"gaps":[],"questions":0,"found":0,"by":"embedding","since":"2026-11-01"}'
        )
