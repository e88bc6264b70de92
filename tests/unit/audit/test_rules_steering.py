from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from allmanning.audit.gate.steering import Steering
from allmanning.audit.log.leaf import Leaf
from tests.unit.audit.producer import AUTHORITY, Producer

DAY = "2026-11-27"


def records() -> list[Leaf]:
    """Two versions of the rules, two deployments of which one is ended, two stops of which one is lifted."""
    made = Producer()
    for number in "12":
        rules = {"source": f"sha256:{number}", "effective": f"2026-0{number}-01"}
        made.record("rules.proposed", f"r{number}", rules=rules)
        made.record("rules.published", f"r{number}", rules=rules)
        scope = {"use_cases": ["allmän fråga"], "channels": ["medborgare"], "valid_from": "2026-01-01", "valid_to": ""}
        made.record("deployment.proposed", f"d{number}", deployment=scope)
        made.record("deployment.approved", f"d{number}", deployment=scope)
        made.record("halted", f"h{number}", halt={"use_cases": ["bygglov"], "channels": []})
    made.record("rules.published", "r9", rules={"source": "sha256:9", "effective": "2026-03-01"})
    made.record("deployment.ended", "d2")
    made.record("resumed", "h2")
    return made.leaves


LEAVES = records()


@settings(max_examples=100, deadline=None)
@given(st.permutations(LEAVES), st.integers(0, len(LEAVES)))
def test_what_is_in_force_does_not_depend_on_the_order_in_which_records_come_or_come_again(order, again):
    steering = Steering()
    for leaf in (*order, *order[:again]):
        steering.take(leaf)
    assert LEAVES[0].authority == AUTHORITY
    # The latest day of those begun; the publication that nobody proposed is none.
    assert [steering.published(day).id for day in ("2026-01-31", DAY)] == ["r1", "r2"]
    assert steering.published("2025-12-31") is None
    assert steering.deployment("allmän fråga", "medborgare", DAY).id == "d1"
    assert steering.deployment("allmän fråga", "intern", DAY) is None
    assert steering.deployment("allmän fråga", "medborgare", "2025-12-31") is None
    assert steering.halt("bygglov", "intern").id == "h1"
    assert steering.halt("allmän fråga", "intern") is None
    # What is not known may be what was stopped.
    assert steering.halt("", "").id == "h1"


def test_a_deployment_that_lacks_its_proposal_or_its_approval_lets_nothing_through():
    for kind in ("deployment.proposed", "deployment.approved"):
        steering = Steering()
        for leaf in LEAVES:
            if leaf.kind() != kind:
                steering.take(leaf)
        assert steering.deployment("allmän fråga", "medborgare", DAY) is None


def test_a_rejected_version_is_never_in_force():
    made = Producer()
    steering = Steering()
    rules = {"source": "sha256:1", "effective": "2026-01-01"}
    for kind in ("rules.proposed", "rules.published", "rules.rejected"):
        steering.take(made.record(kind, "r", rules=rules))
    assert steering.published(DAY) is None
