"""Nobody but the audit service can write what only it decides."""

from __future__ import annotations

import pytest

from allmanning.audit.log.admission import STRICT, Admission
from allmanning.audit.log.leaf import Leaf
from allmanning.runtime import subjects
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.permissions import RECORD_TYPES, SERVICES
from tests.unit.audit.producer import AUTHORITY, Producer

OWN, COMMON = subjects.own_recorded(AUTHORITY), subjects.decision_recorded(AUTHORITY)
STEERING = ("deployment.approved", "rules.published", "resumed", "log.sealed", "erased", "review.closed", "hold.lifted")


def leaf(kind: str, **fields: str) -> Leaf:
    return Producer().record(kind, "d", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", STEERING)
def test_what_steers_comes_from_the_audit_service_or_not_at_all(kind):
    STRICT.check(leaf(kind), OWN, 1)
    with pytest.raises(InvalidInput, match=r"leaf\.type_forbidden"):
        STRICT.check(leaf(kind), COMMON, 1)


@pytest.mark.parametrize("kind", sorted(frozenset().union(*RECORD_TYPES.values())))
def test_other_services_write_what_they_do(kind):
    STRICT.check(leaf(kind), COMMON, 1)


def test_only_the_audit_service_tells_of_a_change_that_it_read_in_the_log():
    STRICT.check(leaf("config.changed", what="quota"), COMMON, 1)
    STRICT.check(leaf("config.changed", cause="0190"), OWN, 1)
    with pytest.raises(InvalidInput, match=r"leaf\.type_forbidden"):
        STRICT.check(leaf("config.changed", cause="0190"), COMMON, 1)


def test_another_authoritys_subject_is_refused():
    for subject in (subjects.own_recorded("annanby"), subjects.decision_recorded("annanby"), "dead.x"):
        with pytest.raises(InvalidInput, match=r"leaf\.mismatch"):
            STRICT.check(leaf("question.received"), subject, 1)


def test_what_came_before_there_were_two_subjects_is_let_in_and_nothing_after_it():
    since = Admission(since=5)
    since.check(leaf("deployment.approved"), COMMON, 4)
    with pytest.raises(InvalidInput, match=r"leaf\.type_forbidden"):
        since.check(leaf("deployment.approved"), COMMON, 5)


@pytest.mark.parametrize("subject", [OWN, COMMON])
def test_an_automatic_decision_without_a_delegation_joins_no_log(subject):
    STRICT.check(leaf("decision.made", mode="automated", delegation_ref="KS 4.2"), subject, 1)
    STRICT.check(leaf("decision.made", mode="official"), subject, 1)
    with pytest.raises(InvalidInput, match=r"leaf\.delegation"):
        STRICT.check(leaf("decision.made", mode="automated"), subject, 1)


def test_the_message_bus_lets_only_the_audit_service_publish_its_own_records():
    able = [name for name, each in SERVICES.items() if any("audit.own" in subject for subject in each.publish)]
    assert able == ["audit"]
    assert not any(subject in (">", "audit.>") for each in SERVICES.values() for subject in each.publish)
