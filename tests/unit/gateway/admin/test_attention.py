"""What is told to an administrator as something to deal with, and what is not."""

from __future__ import annotations

from datetime import date

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.keys import Key
from allmanning.gateway.pages.admin.attention.answers import of_deployments
from allmanning.gateway.pages.admin.attention.content import of_documents
from allmanning.gateway.pages.admin.attention.operations import of_keys, of_quota

DAY = date(2026, 11, 28)


def told(matters):
    return [(each.urgency, each.count, each.one) for each in matters]


def decision(**values):
    return {"in_force": True, "rules_changed": False, "valid_to": "", "state": "approved", **values}


def known(*decisions, stops=()):
    return {"authority": "exempelby", "deployments": list(decisions), "stops": list(stops)}


def test_documents_that_need_somebody_are_told_and_the_others_are_not():
    assert of_documents({"indexed": 54, "retired": 2}, 0, paused=False) == []

    matters = of_documents({"indexed": 1, "failed": 2, "rejected": 3}, 4, paused=True)

    assert [(each.path, each.count) for each in matters] == [
        ("/admin/documents?state=failed", 2),
        ("/admin/documents?state=rejected", 3),
        ("/admin/documents", 1),
        ("/admin/documents?due=true", 4),
    ]


def test_an_empty_register_is_the_first_thing_to_do():
    (only,) = of_documents({}, 0, paused=False)

    assert (only.urgency, only.path) == ("now", "/admin/documents")


def test_a_decision_in_force_with_time_left_needs_nobody():
    assert of_deployments(known(decision(), decision(valid_to="2026-12-29")), DAY) == []


def test_what_stops_answers_comes_before_what_will():
    stop = {"resumed_at": ""}
    lifted = {"resumed_at": "2026-11-27T10:00:00Z"}
    matters = of_deployments(
        known(
            decision(valid_to="2026-12-28"),
            decision(rules_changed=True),
            decision(in_force=False, state="proposed"),
            stops=[stop, lifted],
        ),
        DAY,
    )

    assert told(matters) == [
        ("now", 1, "Automatiska svar är stoppade"),
        ("now", 1, "Reglerna har ändrats sedan ett ibruktagande beslutades"),
        ("soon", 1, "1 ibruktagande väntar på en andra person"),
        ("soon", 1, "1 ibruktagande slutar att gälla inom 30 dagar"),
    ]


def test_without_a_decision_in_force_that_is_told():
    assert told(of_deployments(known(), DAY)) == [("now", 1, "Tjänsten får inte svara själv någonstans")]


def test_a_quota_is_told_of_when_it_is_nearly_spent():
    assert of_quota(10**9, None) == []
    assert of_quota(79, 100) == []
    assert [each.urgency for each in of_quota(80, 100)] == ["soon"]
    assert [each.urgency for each in of_quota(100, 100)] == ["now"]


def test_a_key_that_nobody_uses_is_told_of_also_when_it_was_never_used():
    def key(used_on, created_at="2026-01-01T00:00:00Z"):
        return Key("k", "exempelby", Role.ADMIN, "", secret=False, created_at=created_at, used_on=used_on)

    assert of_keys([key("2026-11-01"), key("", "2026-11-01T00:00:00Z")], DAY) == []
    assert [each.count for each in of_keys([key("2026-08-01"), key("")], DAY)] == [2]
