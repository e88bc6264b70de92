from __future__ import annotations

import json

import pytest

from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.writer import leaf_of, pin_of
from allmanning.audit.sealing.day_keys import DayKeys
from allmanning.audit.sealing.opening import parts_of
from allmanning.contracts.audit.v1.audit_pb import ContentPinned, ContentStored, DecisionRecorded
from allmanning.runtime.consumer import Delivered
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import canonical, digest

SUBJECT = "audit.decision.recorded.exempelby"


@pytest.fixture
def value(producer):
    return dict(producer.record("question.received", "d", parts={"question": "?"}, channel="citizen").fields)


def test_a_leaf_is_read_as_it_stands(value):
    leaf = Leaf.parse(canonical(value))
    assert (leaf.kind(), leaf.decision, leaf.authority, leaf.text("channel")) == (
        "question.received",
        "d",
        "exempelby",
        "citizen",
    )
    assert leaf.origin == "audit.exempelby.allmanning/2026h2"
    assert leaf.text("src", "pseq") == leaf.text("no", "such") == ""


@pytest.mark.parametrize("form", [lambda v: json.dumps(v).encode(), lambda v: canonical(v) + b"\n", lambda _: b"[]"])
def test_what_is_not_canonical_is_refused(value, form):
    with pytest.raises(InvalidInput, match=r"leaf\.not_canonical"):
        Leaf.parse(form(value))


def test_a_leaf_over_the_limit_is_refused(value):
    fits = 65_535 - len(canonical(value | {"x": ""}))
    assert Leaf.parse(canonical(value | {"x": "a" * fits}))
    with pytest.raises(InvalidInput, match=r"leaf\.too_large"):
        Leaf.parse(canonical(value | {"x": "a" * (fits + 1)}))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("v", 2),
        ("id", "1"),
        ("decision", ""),
        ("decision", "../x"),
        ("type", "question.received"),
        ("time", "2026-11-22"),
        ("tenant", "Exempelby kommun"),
        ("src", {"producer": "p", "pseq": 0, "pprev": ""}),
        ("src", {"producer": "p", "pseq": 2, "pprev": ""}),
        ("src", {"producer": "p", "pseq": 1, "pprev": "sha256:" + "0" * 64}),
        ("src", {"producer": "p", "pseq": True, "pprev": ""}),
        ("parts", []),
        ("parts", {"question": {"c": "kort", "ret": "G1"}}),
        ("parts", {"../x": {"c": "A" * 43 + "=", "ret": "G1"}}),
    ],
)
def test_a_leaf_with_a_wrong_field_is_refused(value, field, wrong):
    with pytest.raises(InvalidInput):
        Leaf.parse(canonical(value | {field: wrong}))


@pytest.mark.parametrize("change", [{"id": "x"}, {"authority": "annanby"}, {"decision_id": "annat"}])
def test_a_message_that_says_other_than_its_leaf_is_refused(value, change):
    right = {"id": value["id"], "authority": "exempelby", "decision_id": "d", "leaf": canonical(value)}
    assert leaf_of(Delivered(DecisionRecorded(**right), SUBJECT, 1)).decision == "d"
    with pytest.raises(InvalidInput, match=r"leaf\.mismatch"):
        leaf_of(Delivered(DecisionRecorded(**(right | change)), SUBJECT, 1))
    with pytest.raises(InvalidInput, match=r"leaf\.mismatch"):
        leaf_of(Delivered(DecisionRecorded(**right), "audit.decision.recorded.annanby", 1))


@pytest.mark.parametrize(
    "part",
    [
        {"name": "q", "salt": bytes(31), "content": b'"a"'},
        {"name": "q", "salt": bytes(32), "content": b'{"b":1, "a":2}'},
        {"name": "q", "salt": bytes(32), "content": b'1},"x":{'},
    ],
)
def test_content_that_could_not_be_committed_to_is_refused(part, store):
    days = DayKeys(store.keyring)
    right = ContentStored.Part(name="q", salt=bytes(32), content=b'"a"', retention_class="G1")
    subject = "audit.content.stored.exempelby"
    assert len(parts_of(ContentStored(record_id="r", authority="exempelby", parts=[right]), subject, days)) == 1
    wrong = ContentStored(record_id="r", authority="exempelby", parts=[right, ContentStored.Part(**part)])
    with pytest.raises(InvalidInput, match=r"part\.invalid"):
        parts_of(wrong, subject, days)
    with pytest.raises(InvalidInput, match=r"part\.mismatch"):
        parts_of(ContentStored(record_id="r", authority="annanby"), subject, days)


def test_a_pin_is_what_its_hash_says():
    subject = "audit.content.pinned.exempelby"
    assert pin_of(ContentPinned(hash=digest(b"text"), kind="prompt", content=b"text"), subject).authority == "exempelby"
    with pytest.raises(InvalidInput, match=r"pin\.mismatch"):
        pin_of(ContentPinned(hash=digest(b"text"), kind="prompt", content=b"annan"), subject)
