"""What the assistant runs with, and when it became another."""

from __future__ import annotations

import pytest

from allmanning.audit.log import projection
from allmanning.audit.log.reading import StoredPin
from allmanning.audit.log.store import Store
from allmanning.audit.registers.book import BOOK
from allmanning.audit.registers.modification import changes_between, modifications
from allmanning.runtime.record import Json, canonical, digest
from tests.unit.audit.producer import AUTHORITY, Producer, put
from tests.unit.audit.story import PINS, RULES, tell

OTHER = digest(b"other")


def took(store: Store, *producers: Producer) -> None:
    put(store, [leaf for producer in producers for leaf in producer.leaves], sum(len(p.leaves) for p in producers))


def listed(store: Store, first: str = "", last: str = "") -> list[tuple[str, str, str]]:
    with store.reading(AUTHORITY) as log:
        return [
            (each.kind, each.before, each.after) for each in changes_between(log.connection, AUTHORITY, first, last)
        ]


def test_the_first_question_changes_nothing(store: Store, producer: Producer) -> None:
    tell(producer)
    tell(producer)
    took(store, producer)
    assert listed(store) == []


@pytest.mark.parametrize("kind", sorted(PINS))
def test_another_pin_is_a_change_with_from_and_to(store: Store, producer: Producer, kind: str) -> None:
    tell(producer)
    tell(producer, pins=PINS | {kind: OTHER})
    tell(producer, pins=PINS | {kind: OTHER})
    took(store, producer)
    assert listed(store) == [(kind, PINS[kind], OTHER)]


def test_other_rules_and_another_index_version_are_changes(store: Store, producer: Producer) -> None:
    tell(producer)
    tell(producer, rules=OTHER)
    tell(producer, rules=OTHER, index="index-2")
    took(store, producer)
    assert sorted(listed(store)) == [("index", "index-1", "index-2"), ("rules", RULES, OTHER)]


def test_two_processes_that_differ_for_a_while_are_one_change(store: Store, producer: Producer) -> None:
    new = Producer()
    changed = PINS | {"code": OTHER}
    leaves = []
    for _ in range(3):
        for each, pins in ((producer, PINS), (new, changed)):
            before = len(each.leaves)
            tell(each, pins=pins)
            leaves += each.leaves[before:]
    put(store, leaves, len(leaves))
    assert listed(store) == [("code", PINS["code"], OTHER)]


def test_going_back_is_a_change_of_its_own(store: Store, producer: Producer) -> None:
    for day, prompt in ((20, PINS["prompt"]), (21, OTHER), (22, PINS["prompt"])):
        tell(producer, time=f"2026-11-{day}T10:00:00.000Z", pins=PINS | {"prompt": prompt})
    took(store, producer)
    assert listed(store) == [("prompt", OTHER, PINS["prompt"]), ("prompt", PINS["prompt"], OTHER)]
    with store.reading(AUTHORITY) as log:
        assert modifications(log.connection, AUTHORITY, "2026-11-20T12:00:00.000Z", "") == []
        # The new one is in force from the moment of the change on.
        at = "2026-11-21T10:00:00.000Z"
        assert modifications(log.connection, AUTHORITY, at, "2026-11-21T12:00:00.000Z") == []
        [found] = modifications(log.connection, AUTHORITY, "2026-11-20T12:00:00.000Z", "2026-11-21T12:00:00.000Z")
    assert (found.kind, found.before, found.after) == ("prompt", PINS["prompt"], OTHER)


def test_another_authority_s_configuration_is_its_own(store: Store, producer: Producer) -> None:
    other = Producer(authority="annanby")
    tell(producer)
    tell(other, pins=PINS | {"model": OTHER})
    took(store, producer, other)
    assert listed(store) == []


def test_a_modification_shows_the_difference_of_the_pinned_texts(store: Store, producer: Producer) -> None:
    old, new = canonical({"temperature": 0.1, "name": "Llama"}), canonical({"temperature": 0.7, "name": "Llama"})
    tell(producer, time="2026-11-20T10:00:00.000Z", pins=PINS | {"model": digest(old)})
    tell(producer, time="2026-11-21T10:00:00.000Z", pins=PINS | {"model": digest(new)})
    took(store, producer)
    store.keep([], [StoredPin(AUTHORITY, digest(each), "model", each) for each in (old, new)])
    with store.reading(AUTHORITY) as log:
        [found] = modifications(log.connection, AUTHORITY, "2026-11-20T12:00:00.000Z", "2026-11-22T00:00:00.000Z")
    assert '-  "temperature": 0.1' in found.diff
    assert '+  "temperature": 0.7' in found.diff
    assert '"name"' in found.diff


def test_a_modification_whose_texts_are_not_kept_still_shows_its_hashes(store: Store, producer: Producer) -> None:
    tell(producer, time="2026-11-20T10:00:00.000Z")
    tell(producer, time="2026-11-21T10:00:00.000Z", pins=PINS | {"model": OTHER})
    took(store, producer)
    with store.reading(AUTHORITY) as log:
        [found] = modifications(log.connection, AUTHORITY, "2026-11-20T12:00:00.000Z", "")
    assert (found.before, found.after, found.diff) == (PINS["model"], OTHER, "")


def test_a_change_is_told_by_its_first_record_and_the_lists_can_be_made_again(store: Store, producer: Producer) -> None:
    tell(producer)
    tell(producer, pins=PINS | {"code": OTHER})
    took(store, producer)
    with store.reading(AUTHORITY) as log:
        [change] = changes_between(log.connection, AUTHORITY, "", "")
    assert change.told == ""
    said: list[Json] = [{"kind": "code", "from": PINS["code"], "to": OTHER}]
    first = producer.record("config.changed", BOOK, cause=change.record, changes=said)
    producer.record("config.changed", BOOK, cause=change.record, changes=said)
    put(store, producer.leaves[-2:], len(producer.leaves))

    def told() -> list[str]:
        with store.reading(AUTHORITY) as log:
            return [each.told for each in changes_between(log.connection, AUTHORITY, "", "")]

    assert told() == [first.id]
    with store.database.transaction() as connection:
        projection.rebuild(connection)
    assert told() == [first.id]


def test_records_about_the_registers_are_no_decisions(store: Store, producer: Producer) -> None:
    tell(producer)
    for kind in ("config.changed", "use.declared", "use.outside_band", "register.written", "register.published"):
        producer.record(kind, BOOK)
    took(store, producer)
    with store.reading(AUTHORITY) as log:
        assert log.decisions("", 10, 0)[1] == 1
