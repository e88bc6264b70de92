"""What is made from the leaves does not depend on how they were divided into batches, nor on when it is made."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, func, select, update

from allmanning.audit.log import projection
from allmanning.audit.log.bulk import Bulk
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.schema import pins
from allmanning.audit.log.store import Store
from allmanning.audit.registers.schema import counts, use
from tests.unit.audit.producer import Producer, put

OUTCOMES = st.sampled_from(["answered", "refused", "review", ""])
IDS = st.sampled_from(["", "00000000-0000-0000-0000-000000000001"])
FIELDS: dict[str, st.SearchStrategy[dict[str, object]]] = {
    "question.received": st.fixed_dictionaries(
        {"unit": st.sampled_from(["bygg", "skola"]), "pins": st.sampled_from([{"model": "m1"}, {"model": "m2"}])}
    ),
    "gate.evaluated": st.fixed_dictionaries({"gate": st.sampled_from([{"rule_id": "S4", "rules": "r1"}, {}])}),
    "answer.released": st.fixed_dictionaries({"outcome": OUTCOMES}),
    "escalated": st.fixed_dictionaries({"outcome": OUTCOMES}),
    "review.opened": st.fixed_dictionaries({"outcome": st.just("review")}),
    "review.claimed": st.fixed_dictionaries({"review": st.just({"until": "2026-11-22T11:00:00.000Z"})}),
    "review.closed": st.fixed_dictionaries(
        {
            "outcome": st.sampled_from(["answered", "refused", "control"]),
            "review": st.fixed_dictionaries({"state": st.sampled_from(["approved", "rejected"]), "claim": IDS}),
        }
    ),
    "recall.settled": st.fixed_dictionaries(
        {"recall": st.fixed_dictionaries({"id": st.just("r"), "state": st.sampled_from(["looked_at", "corrected"])})}
    ),
    "access.read": st.just({}),
    "config.changed": st.fixed_dictionaries({"cause": IDS}),
    "halted": st.just({}),
    "hold.placed": st.just({"hold": {"kind": "jo", "decisions": ["d1"]}}),
}
STORY = st.lists(
    st.sampled_from(sorted(FIELDS)).flatmap(
        lambda kind: st.tuples(st.just(kind), st.sampled_from(["d1", "d2"]), FIELDS[kind])
    ),
    min_size=1,
    max_size=15,
)

QUESTION = ("question.received", "d1", {"unit": "bygg", "pins": {"model": "m1"}})
HELD = ("review.opened", "d1", {"outcome": "review"})
CLOSED = ("review.closed", "d1", {"outcome": "answered", "review": {"state": "approved", "claim": ""}})


def projected(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every projected table."""
    with store.database.snapshot() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for each in projection.PROJECTIONS
            for table in each.tables
        }


def tallied(store: Store) -> list[tuple[object, ...]]:
    with store.database.snapshot() as connection:
        return sorted(map(tuple, connection.execute(select(counts))))


def counted(store: Store) -> list[tuple[object, ...]]:
    """What the tally of the questions is, counted from the questions."""
    kind = [use.c[name] for name in counts.columns.keys() if name != "number"]  # noqa: SIM118 - columns by name
    with store.database.snapshot() as connection:
        return sorted(map(tuple, connection.execute(select(*kind, func.count()).group_by(*kind))))


def taken_in(store: Store, leaves: Sequence[Leaf], ends: Sequence[int]) -> dict[str, list[tuple[object, ...]]]:
    store.open()
    for start, end in pairwise([0, *ends, len(leaves)]):
        if end > start:
            put(store, leaves[start:end], end)
    return projected(store)


@settings(max_examples=10, deadline=None)
@example(story=[QUESTION, HELD, CLOSED, ("escalated", "d1", {"outcome": "refused"})], ends=[])
@example(story=[("answer.released", "d1", {"outcome": "answered"}), QUESTION], ends=[])
@example(story=[QUESTION, ("answer.released", "d1", {"outcome": "answered"}), HELD], ends=[])
@given(story=STORY, ends=st.lists(st.integers(1, 14), max_size=3).map(sorted))
def test_batches_of_any_size_leave_the_same_lists(story, ends, tmp_path_factory):
    producer = Producer()
    leaves = [producer.record(kind, decision, **fields) for kind, decision, fields in story]
    alone = Store(tmp_path_factory.mktemp("alone"))
    together = Store(tmp_path_factory.mktemp("together"))
    try:
        expected = taken_in(alone, leaves, range(1, len(leaves)))
        assert taken_in(together, leaves, [each for each in ends if each < len(leaves)]) == expected
        with together.database.transaction() as connection:
            projection.rebuild(connection)
        assert projected(together) == expected
        assert tallied(together) == counted(together)
    finally:
        alone.close()
        together.close()


def test_rows_in_another_order_than_the_statement_takes_them_are_refused(store):
    wrong = Bulk(
        ("hash", "kind"), lambda _: update(pins).where(pins.c.hash == bindparam("hash")).values(kind=bindparam("kind"))
    )
    with store.database.transaction() as connection, pytest.raises(TypeError, match="rows hold"):
        wrong.run(connection, [("sha256:", "rules")])
