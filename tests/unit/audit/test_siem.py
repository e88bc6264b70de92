"""CEF and OCSF lines, against what their standards ask for."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.audit.export.siem.cef import cef
from allmanning.audit.export.siem.event import KINDS, Act, Severity, SiemEvent, event_of
from allmanning.audit.export.siem.ocsf import ocsf
from allmanning.audit.export.siem.stream import Refusals, events_after
from allmanning.audit.log.refusal import SigningRefused
from tests.unit.audit.bundles import ORIGIN
from tests.unit.audit.producer import AUTHORITY, Producer, put
from tests.unit.audit.story import SECRET, tell

# OCSF 1.8.0, base_event and each class: what is required, beside what `metadata` and the objects require.
BASE = {"activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"}
REQUIRED = {
    6003: {"actor", "api", "src_endpoint"},
    3001: {"user"},
    3002: {"user", "service"},
    3004: {"entity"},
    6008: set(),
}
ACTIVITIES = {6003: {1, 2, 3, 4}, 3001: {*range(1, 12), 99}, 3002: {1, 2}, 3004: set(range(1, 14)), 6008: {1, 2}}
EVENTS = st.builds(
    SiemEvent,
    id=st.uuids().map(str),
    time=st.just("2026-11-22T10:00:00.123Z"),
    authority=st.just(AUTHORITY),
    kind=st.text(min_size=1, max_size=30),
    act=st.sampled_from(Act),
    severity=st.sampled_from(Severity),
    service=st.text(min_size=1, max_size=20),
    decision=st.text(max_size=36),
    role=st.sampled_from(["", "admin", "auditor", "caseworker", "citizen"]),
    unit=st.text(max_size=20),
    place=st.integers(0, 2**40),
    failed=st.booleans(),
    reason=st.text(max_size=20),
)


def read_cef(line: str) -> tuple[list[str], dict[str, str]]:
    """A CEF reader: seven header fields, then keys up to an unescaped equals sign."""
    fields = re.match(r"((?:[^|\\]|\\.)*\|){7}", line)
    assert fields is not None
    header = re.findall(r"((?:[^|\\]|\\.)*)\|", fields.group(0))
    found = re.findall(r"(\w+)=((?:[^=\\]|\\.)*?)(?= \w+=|$)", line[fields.end() :])
    return [re.sub(r"\\(.)", r"\1", each) for each in header], {
        key: re.sub(r"\\(.)", lambda hit: {"n": "\n", "r": "\r"}.get(hit[1], hit[1]), value) for key, value in found
    }


@given(EVENTS)
def test_a_cef_line_reads_back_whatever_stands_in_it(event: SiemEvent) -> None:
    line = cef(event)
    assert "\n" not in line
    assert "\r" not in line
    header, extension = read_cef(line)
    assert header[:3] == ["CEF:0", "Allmanning", "audit"]
    assert header[4] == re.sub(r"[\n\r]", " ", event.kind)
    assert header[6] == str(event.severity.value)
    assert extension["rt"] == "1795341600123"
    assert extension["externalId"] == event.id
    assert extension.get("cs2", "") == event.decision
    assert extension.get("cs4", "") == event.unit
    assert extension["outcome"] == ("failure" if event.failed else "success")


@given(EVENTS)
def test_an_ocsf_line_has_all_that_its_class_requires(event: SiemEvent) -> None:
    said = json.loads(ocsf(event))
    kind = said["class_uid"]
    assert said.keys() >= BASE | REQUIRED[kind]
    assert said["category_uid"] == kind // 1000
    assert said["activity_id"] in ACTIVITIES[kind]
    assert said["type_uid"] == kind * 100 + said["activity_id"]
    assert said["severity_id"] in range(1, 7)
    assert said["time"] == 1795341600123
    assert said["metadata"]["version"] == "1.8.0"
    assert said["metadata"]["product"]["name"]
    if kind == 6003:
        assert said["api"]["operation"] == event.kind
        assert said["src_endpoint"]["svc_name"]
        assert said["actor"]["app_name"]
    if kind == 3004:
        assert said["entity"]["name"]


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        ("signin.succeeded", Act.SIGN_IN),
        ("signin.failed", Act.SIGN_IN),
        ("signin.ended", Act.SIGN_OUT),
        ("account.changed", Act.ACCOUNT),
        ("key.changed", Act.ACCOUNT),
        ("access.read", Act.READ),
        ("export.made", Act.EXPORT),
        ("config.changed", Act.CONFIGURE),
        ("rules.published", Act.CONFIGURE),
        ("deployment.approved", Act.CONFIGURE),
        ("use.outside_band", Act.CONFIGURE),
        ("register.published", Act.EXPORT),
        ("review.closed", Act.REVIEW),
        ("review.claimed", Act.REVIEW),
        ("erasure.done", Act.ERASE),
        ("hold.placed", Act.ERASE),
        ("witness.conflict", Act.SIGN),
        ("question.received", None),
        ("review.opened", None),
        ("answer.released", None),
    ],
)
def test_what_people_do_is_an_event_and_what_the_machine_answers_is_not(producer: Producer, kind: str, act) -> None:
    event = event_of(producer.record(kind, "d", role="admin"), 7)
    assert (event.act if event else None) == act
    assert event is None or (event.role, event.place) == ("admin", 7)


def test_every_kind_of_event_has_both_formats(producer: Producer) -> None:
    for kind in KINDS:
        event = event_of(producer.record(f"{kind}x" if kind.endswith(".") else kind, "d"), 1)
        assert event is not None
        assert cef(event)
        assert ocsf(event)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_the_stream_goes_on_from_any_place_and_misses_nothing(store, producer: Producer, monkeypatch, size) -> None:
    monkeypatch.setattr("allmanning.audit.export.siem.stream.PAGE", size)
    for _ in range(5):
        tell(producer)
        producer.record("access.read", "d", role="auditor", parts={"reader": {"reason": SECRET}})
    put(store, producer.leaves, len(producer.leaves))
    found, after, more = [], 0, True
    while more:
        with store.reading(AUTHORITY) as log:
            page = events_after(log, after)
        found += page.events
        assert page.next > after or not page.more
        after, more = page.next, page.more
    assert [each.id for each in found] == [leaf.id for leaf in producer.leaves if leaf.kind() == "access.read"]
    assert not any(SECRET in line(each) for each in found for line in (cef, ocsf))


def test_the_stream_can_begin_at_a_time(store, producer: Producer) -> None:
    for day in (20, 21, 22):
        producer.record("access.read", "d", time=f"2026-11-{day}T10:00:00.000Z")
    put(store, producer.leaves, 3)
    with store.reading(AUTHORITY) as log:
        assert [each.time[8:10] for each in events_after(log, 0, "2026-11-21").events] == ["21", "22"]


def test_a_log_that_is_not_signed_is_an_event_with_the_same_id_each_time(store, producer: Producer) -> None:
    producer.record("access.read", "d")
    put(store, producer.leaves, 1)
    refused = Refusals({ORIGIN: SigningRefused("audit.log_forked", "x")})
    with store.reading(AUTHORITY) as log:
        [one], [again] = refused.events(log), refused.events(log)
    assert one == again
    assert (one.act, one.failed, one.reason) == (Act.SIGN, True, "audit.log_forked")
    assert json.loads(ocsf(one))["class_uid"] == 6008
    with store.reading(AUTHORITY) as log:
        assert not Refusals({}).events(log)
