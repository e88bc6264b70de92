"""Registers, changes and events of a running audit service."""

from __future__ import annotations

import asyncio
import json

import pytest

from allmanning.audit.registers import watch
from allmanning.contracts.access.v1.access_pb import Principal, Role
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
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, NotFound
from allmanning.runtime.record import digest
from tests.integration.audit.asker import AUTHORITY, Asker

NAMED = NamedAuthority(id=AUTHORITY, name="Exempelby")


@pytest.fixture(autouse=True)
def _watching_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "EVERY_S", 0.05)


def principal(role: Role = Role.ADMIN) -> Principal:
    return Principal(authority=AUTHORITY, role=role, channel="api", key_id="k9", unit="Kansliet")


async def listed(asker: Asker) -> ListRegistersResponse:
    request = ListRegistersRequest(authority=NAMED)
    return await asker.bus.call(subjects.AUDIT_LIST_REGISTERS, request, ListRegistersResponse)


async def write(asker: Asker, texts: dict[str, str], role: Role = Role.ADMIN) -> dict[str, str]:
    request = WriteRegisterTextsRequest(principal=principal(role), texts=texts)
    return dict((await asker.bus.call(subjects.AUDIT_WRITE_REGISTER_TEXTS, request, WriteRegisterTextsResponse)).texts)


async def publish(asker: Asker, register: str, reason: str = "Ny version") -> PublishRegisterResponse:
    request = PublishRegisterRequest(principal=principal(), authority=NAMED, register=register, reason=reason)
    return await asker.bus.call(subjects.AUDIT_PUBLISH_REGISTER, request, PublishRegisterResponse)


async def document(asker: Asker, register: str, *, published: bool = False, format: str = "json") -> bytes:
    request = GetRegisterRequest(authority=NAMED, register=register, format=format, published=published)
    return (await asker.bus.call(subjects.AUDIT_GET_REGISTER, request, GetRegisterResponse)).document


async def declare(asker: Asker, band: UseBand, role: Role = Role.ADMIN) -> str:
    request = DeclareUseRequest(principal=principal(role), band=band, reason="Före ibruktagande")
    return (await asker.bus.call(subjects.AUDIT_DECLARE_USE, request, DeclareUseResponse)).record_id


async def alarms(asker: Asker) -> ListUseAlarmsResponse:
    return await asker.bus.call(
        subjects.AUDIT_LIST_USE_ALARMS, ListUseAlarmsRequest(authority=AUTHORITY), ListUseAlarmsResponse
    )


async def changes(asker: Asker) -> ListChangesResponse:
    return await asker.bus.call(
        subjects.AUDIT_LIST_CHANGES, ListChangesRequest(authority=AUTHORITY), ListChangesResponse
    )


async def events(asker: Asker, format: str = "ocsf", after: int = 0) -> ListSecurityEventsResponse:
    request = ListSecurityEventsRequest(authority=AUTHORITY, format=format, after=after)
    return await asker.bus.call(subjects.AUDIT_LIST_SECURITY_EVENTS, request, ListSecurityEventsResponse)


async def test_what_was_written_stays_and_is_added_to(asker: Asker) -> None:
    assert await write(asker, {"purpose": "Svara på frågor.", "region": "Exempelby"}) == {
        "purpose": "Svara på frågor.",
        "region": "Exempelby",
    }
    assert await write(asker, {"region": " ", "sale": "Ingen rätt."}) == {
        "purpose": "Svara på frågor.",
        "sale": "Ingen rätt.",
    }
    texts = {each.key: each.text for each in (await listed(asker)).texts}
    assert texts["purpose"] == "Svara på frågor."
    assert texts["region"] == ""


async def test_texts_written_at_once_are_all_kept(asker: Asker) -> None:
    keys = [each.key for each in (await listed(asker)).texts][:8]
    await asyncio.gather(*(write(asker, {key: f"Text {key}"}) for key in keys))
    texts = {each.key: each.text for each in (await listed(asker)).texts}
    assert {key: texts[key] for key in keys} == {key: f"Text {key}" for key in keys}


async def test_only_administrators_change_registers_and_only_with_a_reason(asker: Asker) -> None:
    with pytest.raises(Forbidden, match=r"register\.forbidden"):
        await write(asker, {"purpose": "x"}, Role.AUDITOR)
    with pytest.raises(Forbidden, match=r"register\.forbidden"):
        await declare(asker, UseBand(most_a_month=1), Role.CASEWORKER)
    with pytest.raises(InvalidInput, match=r"register\.text"):
        await write(asker, {"unknown": "x"})
    with pytest.raises(InvalidInput, match=r"register\.reason"):
        await publish(asker, "osl42", " ")
    with pytest.raises(InvalidInput, match=r"band\.empty"):
        await declare(asker, UseBand())


async def test_a_register_is_published_when_it_is_written_and_stays_as_it_was(asker: Asker) -> None:
    with pytest.raises(Conflict, match=r"register\.unwritten: .*secrecy"):
        await publish(asker, "osl42")
    with pytest.raises(NotFound, match=r"register\.not_published"):
        await document(asker, "osl42", published=True)
    [register] = [each for each in (await listed(asker)).registers if each.id == "osl42"]
    await write(asker, {key: f"Först {key}" for key in register.unwritten})
    made = await publish(asker, "osl42")
    shown = await document(asker, "osl42", published=True)
    assert digest(shown) == made.document
    assert json.loads(shown)["card"] == made.card
    await write(asker, {"secrecy": "Senare"})
    assert await document(asker, "osl42", published=True) == shown
    assert "Senare" in (await document(asker, "osl42")).decode()
    [register] = [each for each in (await listed(asker)).registers if each.id == "osl42"]
    assert register.published_card == made.card
    assert b"F\xc3\xb6rst secrecy" in await document(asker, "osl42", published=True, format="html")


async def test_what_is_not_for_the_public_is_never_shown_as_published(asker: Asker) -> None:
    [register] = [each for each in (await listed(asker)).registers if each.id == "dpia"]
    await write(asker, dict.fromkeys(register.unwritten, "Skrivet."))
    await publish(asker, "dpia")
    with pytest.raises(NotFound, match=r"register\.not_published"):
        await document(asker, "dpia", published=True)


async def test_another_configuration_is_recorded_once(asker: Asker) -> None:
    pins = {"prompt": digest(b"one"), "model": digest(b"m")}
    for each in (pins, pins | {"prompt": digest(b"two")}):
        await asker.record("question.received", "d1", channel="citizen", pins=each)
    async with asyncio.timeout(10):
        while not (found := await changes(asker)).changes or not found.changes[0].told_by:
            await asyncio.sleep(0.05)
    [change] = found.changes
    assert (change.kind, change.before, change.after) == ("prompt", digest(b"one"), digest(b"two"))
    await asyncio.sleep(0.5)
    lines = [json.loads(line) for line in (await events(asker)).lines]
    assert [each["metadata"]["uid"] for each in lines if each["metadata"]["event_code"] == "config.changed"] == [
        change.told_by
    ]


async def test_use_outside_the_declared_band_is_an_alarm_once(asker: Asker) -> None:
    record = await declare(asker, UseBand(most_a_month=2, languages=["sv"]))
    assert (await alarms(asker)).band == UseBand(most_a_month=2, languages=["sv"])
    for number in range(2):
        await asker.record("question.received", f"d{number}", channel="citizen", language="sv")
    await asyncio.sleep(0.5)
    assert not (await alarms(asker)).alarms
    for number in range(2, 5):
        await asker.record("question.received", f"d{number}", channel="citizen", language="en")
    async with asyncio.timeout(10):
        while len((await alarms(asker)).alarms) < 2:
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    found = {each.measure: each for each in (await alarms(asker)).alarms}
    assert found.keys() == {"most_a_month", "languages"}
    assert found["languages"].value == "en"
    written = [json.loads(line)["metadata"]["event_code"] for line in (await events(asker)).lines]
    assert written.count("use.outside_band") == 2
    assert record


async def test_card_provenance_and_events_come_from_the_log(asker: Asker) -> None:
    decision = await asker.decide()
    await asker.seen(decision)
    await asker.record("access.read", decision, {"reader": {"key": "k1"}}, role="auditor")
    card = await asker.bus.call(
        subjects.AUDIT_GET_SYSTEM_CARD, GetSystemCardRequest(authority=NAMED), GetSystemCardResponse
    )
    assert digest(card.card) == card.hash
    assert json.loads(card.card)["use"]["outcomes"] == {"answered": 1}
    for content in (False, True):
        request = GetProvenanceRequest(authority=AUTHORITY, decision_id=decision, with_content=content)
        made = await asker.bus.call(subjects.AUDIT_GET_PROVENANCE, request, GetProvenanceResponse)
        assert (b"Nej, inte i april." in made.document or b"elda" in made.document) is content
    async with asyncio.timeout(5):
        while not (page := await events(asker, "cef")).lines:
            await asyncio.sleep(0.02)
    assert "act=access.read" in page.lines[0]
    assert not (await events(asker, "cef", page.next)).lines
    nobody = GetProvenanceRequest(authority=AUTHORITY, decision_id="nobody")
    with pytest.raises(NotFound, match=r"decision\.not_found"):
        await asker.bus.call(subjects.AUDIT_GET_PROVENANCE, nobody, GetProvenanceResponse)
    with pytest.raises(InvalidInput, match=r"siem\.format"):
        await events(asker, "leef")
