"""What the audit service answers about registers, changes and what leaves the log for other systems."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from allmanning.audit.export.provenance import provenance_of
from allmanning.audit.export.siem.stream import FORMATS, Refusals, events_after
from allmanning.audit.log.protocol import Log
from allmanning.audit.registers.band import Band
from allmanning.audit.registers.card import Named
from allmanning.audit.registers.form import IDS, form, writable
from allmanning.audit.registers.modification import changes_between, modifications
from allmanning.audit.registers.register import filled
from allmanning.audit.registers.registers import Registers
from allmanning.audit.registers.rendering import rendered
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1.registers_pb import (
    DeclareUseRequest,
    DeclareUseResponse,
    GetProvenanceRequest,
    GetProvenanceResponse,
    GetRegisterRequest,
    GetRegisterResponse,
    GetSystemCardRequest,
    GetSystemCardResponse,
    ListChangesRequest,
    ListChangesResponse,
    ListRegistersRequest,
    ListRegistersResponse,
    ListSecurityEventsRequest,
    ListSecurityEventsResponse,
    ListUseAlarmsRequest,
    ListUseAlarmsResponse,
    NamedAuthority,
    PublishRegisterRequest,
    PublishRegisterResponse,
    UseBand,
    WriteRegisterTextsRequest,
    WriteRegisterTextsResponse,
)
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Json, canonical


class RegisterHandlers:
    """One method for each request."""

    def __init__(self, store: Log, registers: Registers) -> None:
        self._store = store
        self._registers = registers
        self._refusals = Refusals(store.refusals)

    def endpoints(self) -> list[Answering]:
        return [
            Endpoint(subjects.AUDIT_GET_SYSTEM_CARD, GetSystemCardRequest, self.card, concurrency=2),
            Endpoint(subjects.AUDIT_LIST_REGISTERS, ListRegistersRequest, self.list, concurrency=2),
            Endpoint(subjects.AUDIT_GET_REGISTER, GetRegisterRequest, self.get, concurrency=2),
            Endpoint(subjects.AUDIT_WRITE_REGISTER_TEXTS, WriteRegisterTextsRequest, self.write),
            Endpoint(subjects.AUDIT_PUBLISH_REGISTER, PublishRegisterRequest, self.publish),
            Endpoint(subjects.AUDIT_DECLARE_USE, DeclareUseRequest, self.declare),
            Endpoint(subjects.AUDIT_LIST_USE_ALARMS, ListUseAlarmsRequest, self.alarms),
            Endpoint(subjects.AUDIT_LIST_CHANGES, ListChangesRequest, self.changes, concurrency=2),
            Endpoint(subjects.AUDIT_GET_PROVENANCE, GetProvenanceRequest, self.provenance),
            Endpoint(subjects.AUDIT_LIST_SECURITY_EVENTS, ListSecurityEventsRequest, self.events, concurrency=4),
        ]

    async def card(self, request: GetSystemCardRequest) -> GetSystemCardResponse:
        card = await self._registers.card(*_named(request.authority))
        return GetSystemCardResponse(card=canonical(card.value), hash=card.hash)

    async def list(self, request: ListRegistersRequest) -> ListRegistersResponse:
        """Every register, what it lacks and when it was published; and every text, with its guidance."""
        authority, named = _named(request.authority)
        card, book = await self._registers.card(authority, named), await self._registers.book(authority)
        listed = []
        for each in IDS:
            found, published = form(each), book.published(each)
            listed.append(
                ListRegistersResponse.Register(
                    id=each,
                    title=found.title,
                    standard=found.standard,
                    public=found.public,
                    unwritten=filled(found, card).unwritten,
                    published_at=published.at if published else "",
                    published_card=published.card if published else "",
                )
            )
        texts = [
            ListRegistersResponse.Text(key=key, guide=guide, text=book.texts.get(key, ""))
            for key, guide in writable().items()
        ]
        return ListRegistersResponse(registers=listed, texts=texts)

    async def get(self, request: GetRegisterRequest) -> GetRegisterResponse:
        """Raises what `Registers.document` and `Registers.published` do, and InvalidInput: `register.format`."""
        authority, named = _named(request.authority)
        if request.published:
            document = await self._registers.published(authority, request.register)
        else:
            document = await self._registers.document(authority, named, request.register)
        made = rendered(document, request.format)
        return GetRegisterResponse(document=made.data, media_type=made.media_type, suffix=made.suffix)

    async def write(self, request: WriteRegisterTextsRequest) -> WriteRegisterTextsResponse:
        return WriteRegisterTextsResponse(
            texts=await self._registers.write(_principal(request.principal), request.texts)
        )

    async def publish(self, request: PublishRegisterRequest) -> PublishRegisterResponse:
        principal = _principal(request.principal)
        given = request.authority or NamedAuthority()
        named = Named(given.name, given.contact)
        record, card, document = await self._registers.publish(principal, named, request.register, request.reason)
        return PublishRegisterResponse(record_id=record, card=card, document=document)

    async def declare(self, request: DeclareUseRequest) -> DeclareUseResponse:
        band = _band(request.band or UseBand())
        return DeclareUseResponse(
            record_id=await self._registers.declare(_principal(request.principal), band, request.reason)
        )

    async def alarms(self, request: ListUseAlarmsRequest) -> ListUseAlarmsResponse:
        book = await self._registers.book(request.authority)
        return ListUseAlarmsResponse(
            alarms=[
                ListUseAlarmsResponse.Alarm(record_id=each.record, at=each.at, **each.outside._asdict())
                for each in book.alarms
            ],
            band=_said(book.declared.band) if book.declared else None,
            declared_at=book.declared.at if book.declared else "",
        )

    async def changes(self, request: ListChangesRequest) -> ListChangesResponse:
        return await asyncio.to_thread(self._changes, checked_authority(request.authority), request.first, request.last)

    def _changes(self, authority: str, first: str, last: str) -> ListChangesResponse:
        with self._store.reading(authority) as log:
            return ListChangesResponse(
                changes=[
                    ListChangesResponse.Change(
                        record_id=each.record,
                        kind=each.kind,
                        at=each.at,
                        before=each.before,
                        after=each.after,
                        told_by=each.told,
                    )
                    for each in changes_between(log.connection, authority, first, last)
                ],
                modifications=[
                    ListChangesResponse.Modification(**each._asdict())
                    for each in modifications(log.connection, authority, first, last)
                ],
            )

    async def provenance(self, request: GetProvenanceRequest) -> GetProvenanceResponse:
        """Raises NotFound: `decision.not_found`."""
        return await asyncio.to_thread(self._provenance, checked_authority(request.authority), request)

    def _provenance(self, authority: str, request: GetProvenanceRequest) -> GetProvenanceResponse:
        with self._store.reading(authority) as log:
            leaves = [each.leaf for each in log.records(request.decision_id)]
            if not leaves:
                raise NotFound("decision.not_found", "Det finns inget beslut med det numret i loggen.")
            opened: Mapping[str, Mapping[str, Json]] = (
                {leaf.id: {part.name: json.loads(part.content) for part in log.parts(leaf).values()} for leaf in leaves}
                if request.with_content
                else {}
            )
        return GetProvenanceResponse(document=canonical(provenance_of(authority, request.decision_id, leaves, opened)))

    async def events(self, request: ListSecurityEventsRequest) -> ListSecurityEventsResponse:
        """Raises InvalidInput: `siem.format`."""
        if request.format not in FORMATS:
            raise InvalidInput("siem.format", f"Välj format: {', '.join(FORMATS)}.")
        return await asyncio.to_thread(self._events, checked_authority(request.authority), request)

    def _events(self, authority: str, request: ListSecurityEventsRequest) -> ListSecurityEventsResponse:
        with self._store.reading(authority) as log:
            page = events_after(log, request.after, request.since)
            refused = [] if page.more else self._refusals.events(log)
        line = FORMATS[request.format]
        return ListSecurityEventsResponse(
            lines=[line(each) for each in (*page.events, *refused)], next=page.next, more=page.more
        )


def _named(authority: NamedAuthority | None) -> tuple[str, Named]:
    given = authority or NamedAuthority()
    return checked_authority(given.id), Named(given.name, given.contact)


def _principal(principal: Principal | None) -> Principal:
    if principal is None:
        raise InvalidInput("principal.missing", "Det framgår inte vem som frågar.")
    return principal


def _band(given: UseBand) -> Band:
    return Band(
        least_a_month=given.least_a_month if given.has_field("least_a_month") else None,
        most_a_month=given.most_a_month if given.has_field("most_a_month") else None,
        groups=tuple(given.groups),
        channels=tuple(given.channels),
        languages=tuple(given.languages),
        most_automated=given.most_automated if given.has_field("most_automated") else None,
    )


def _said(band: Band) -> UseBand:
    said = UseBand(groups=list(band.groups), channels=list(band.channels), languages=list(band.languages))
    if band.least_a_month is not None:
        said.least_a_month = band.least_a_month
    if band.most_a_month is not None:
        said.most_a_month = band.most_a_month
    if band.most_automated is not None:
        said.most_automated = band.most_automated
    return said
