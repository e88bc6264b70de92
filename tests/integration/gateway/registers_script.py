"""What a scripted audit service answers about registers, and what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from allmanning.contracts.audit.v1 import registers_pb as registers
from allmanning.runtime import subjects
from allmanning.runtime.discovery import EndpointStats
from allmanning.runtime.endpoint import Endpoint
from allmanning.runtime.errors import NotFound


@dataclass
class RegistersScript:
    asked: list[object] = field(default_factory=list)
    pages: list[registers.ListSecurityEventsResponse] = field(default_factory=list)

    async def start(self, gateway) -> RegistersScript:
        """Answer in place of the audit service."""
        endpoints = [
            Endpoint(subjects.AUDIT_GET_SYSTEM_CARD, registers.GetSystemCardRequest, self.card),
            Endpoint(subjects.AUDIT_LIST_REGISTERS, registers.ListRegistersRequest, self.list),
            Endpoint(subjects.AUDIT_GET_REGISTER, registers.GetRegisterRequest, self.get),
            Endpoint(subjects.AUDIT_WRITE_REGISTER_TEXTS, registers.WriteRegisterTextsRequest, self.write),
            Endpoint(subjects.AUDIT_PUBLISH_REGISTER, registers.PublishRegisterRequest, self.publish),
            Endpoint(subjects.AUDIT_DECLARE_USE, registers.DeclareUseRequest, self.declare),
            Endpoint(subjects.AUDIT_LIST_USE_ALARMS, registers.ListUseAlarmsRequest, self.alarms),
            Endpoint(subjects.AUDIT_LIST_CHANGES, registers.ListChangesRequest, self.changes),
            Endpoint(subjects.AUDIT_GET_PROVENANCE, registers.GetProvenanceRequest, self.provenance),
            Endpoint(subjects.AUDIT_LIST_SECURITY_EVENTS, registers.ListSecurityEventsRequest, self.events),
        ]
        await gateway.audit.start([(each, EndpointStats(each.subject, each.subject)) for each in endpoints])
        return self

    async def card(self, request: registers.GetSystemCardRequest) -> registers.GetSystemCardResponse:
        self.asked.append(request)
        return registers.GetSystemCardResponse(card=b'{"kind":"card"}', hash="sha256:ab")

    async def list(self, request: registers.ListRegistersRequest) -> registers.ListRegistersResponse:
        self.asked.append(request)
        register = registers.ListRegistersResponse.Register(
            id="osl42", title="Beskrivning", standard="OSL 4:2", public=True, unwritten=["secrecy"]
        )
        text = registers.ListRegistersResponse.Text(key="secrecy", guide="Kapitel och paragraf.")
        return registers.ListRegistersResponse(registers=[register], texts=[text])

    async def get(self, request: registers.GetRegisterRequest) -> registers.GetRegisterResponse:
        self.asked.append(request)
        if request.register != "osl42":
            raise NotFound("register.unknown", "Det registret finns inte.")
        return registers.GetRegisterResponse(document=b"<!doctype html>", media_type="text/html", suffix="html")

    async def write(self, request: registers.WriteRegisterTextsRequest) -> registers.WriteRegisterTextsResponse:
        self.asked.append(request)
        return registers.WriteRegisterTextsResponse(texts=dict(request.texts))

    async def publish(self, request: registers.PublishRegisterRequest) -> registers.PublishRegisterResponse:
        self.asked.append(request)
        return registers.PublishRegisterResponse(record_id="r", card="sha256:ab", document="sha256:cd")

    async def declare(self, request: registers.DeclareUseRequest) -> registers.DeclareUseResponse:
        self.asked.append(request)
        return registers.DeclareUseResponse(record_id="r")

    async def alarms(self, request: registers.ListUseAlarmsRequest) -> registers.ListUseAlarmsResponse:
        self.asked.append(request)
        alarm = registers.ListUseAlarmsResponse.Alarm(
            record_id="r", at="t", month="2026-11", measure="most_a_month", value="3", limit="0"
        )
        band = registers.UseBand(most_a_month=0, languages=["sv"])
        return registers.ListUseAlarmsResponse(alarms=[alarm], band=band, declared_at="t")

    async def changes(self, request: registers.ListChangesRequest) -> registers.ListChangesResponse:
        self.asked.append(request)
        change = registers.ListChangesResponse.Change(record_id="r", kind="prompt", at="t", before="a", after="b")
        modification = registers.ListChangesResponse.Modification(kind="prompt", before="a", after="b", diff="-x\n+y")
        return registers.ListChangesResponse(changes=[change], modifications=[modification])

    async def provenance(self, request: registers.GetProvenanceRequest) -> registers.GetProvenanceResponse:
        self.asked.append(request)
        return registers.GetProvenanceResponse(document=b'{"prefix":{}}')

    async def events(self, request: registers.ListSecurityEventsRequest) -> registers.ListSecurityEventsResponse:
        self.asked.append(request)
        return self.pages.pop(0) if self.pages else registers.ListSecurityEventsResponse(next=request.after)
