"""What auditors ask, over HTTP: who may, what reaches the audit service, and what ingest adds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.contracts.ingest.v1 import ingest_pb as ingest
from allmanning.runtime import subjects
from allmanning.runtime.discovery import EndpointStats
from allmanning.runtime.endpoint import Endpoint
from tests.integration.gateway.test_decisions import DECISION


@dataclass
class Inspected:
    """Answers in place of the audit service, and remembers what it was asked."""

    answer: dict[str, object] = field(default_factory=dict)
    asked: list[proto.InspectRequest] = field(default_factory=list)

    async def inspect(self, request: proto.InspectRequest) -> proto.InspectResponse:
        self.asked.append(request)
        return proto.InspectResponse(report=json.dumps(self.answer).encode(), file=b"<!doctype html>")


@pytest.fixture
async def inspected(gateway) -> Inspected:
    script = Inspected()
    endpoint = Endpoint(subjects.AUDIT_INSPECT, proto.InspectRequest, script.inspect)
    await gateway.audit.start([(endpoint, EndpointStats(endpoint.subject, endpoint.subject))])
    return script


WHY = {"reason": "Revision"}
MASK = {"record": "r", "part": "question", "start": 0, "end": 3, "provision": "OSL 21 kap. 7 §"}
SETTLED = {**WHY, "decision_id": "d", "state": "corrected"}
JUDGED = {**WHY, "record_id": "r", "verdict": "unclear"}
AUDITORS = ("auditor", "admin")
STAFF = ("caseworker", *AUDITORS)
OFFICIALS = ("caseworker", "admin")
EVERYBODY = ("", "citizen", *STAFF)
ROUTES = [
    ("POST", "/v1/audit/decisions", {}, "find", AUDITORS),
    ("GET", f"/v1/audit/decisions/{DECISION}", None, "see", AUDITORS),
    ("POST", f"/v1/audit/decisions/{DECISION}/case-file", WHY, "file", STAFF),
    ("POST", "/v1/audit/lint", {}, "lint", AUDITORS),
    ("POST", "/v1/audit/replay", {"table": "x"}, "replay", AUDITORS),
    ("POST", "/v1/audit/like-cases", WHY, "compare", AUDITORS),
    ("GET", "/v1/audit/tasks", None, "tasks", AUDITORS),
    ("POST", "/v1/audit/recalls", {**WHY, "kind": "document", "value": "a"}, "open_recall", AUDITORS),
    ("GET", "/v1/audit/recalls/r", None, "show_recall", STAFF),
    ("POST", "/v1/audit/recalls/r/decisions", SETTLED, "settle_recall", STAFF),
    ("POST", "/v1/audit/samples", WHY, "frame_sample", AUDITORS),
    ("POST", "/v1/audit/samples/s/draw", {"size": 3}, "draw_sample", AUDITORS),
    ("POST", "/v1/audit/samples/s/verdicts", {**WHY, "decision_id": "d", "verdict": "right"}, "judge_sample", AUDITORS),
    ("GET", "/v1/audit/samples/s", None, "show_sample", AUDITORS),
    ("GET", "/v1/audit/controls", None, "show_control", AUDITORS),
    ("PUT", "/v1/audit/controls/plan", {**WHY, "every_days": 30}, "plan_controls", AUDITORS),
    ("POST", "/v1/audit/controls", {**WHY, "from": "2026-01-01", "to": "2026-02-01"}, "draw_control", AUDITORS),
    ("GET", "/v1/audit/controls/c", None, "show_control", AUDITORS),
    ("POST", "/v1/audit/controls/c/verdicts", JUDGED, "judge_control", AUDITORS),
    ("POST", "/v1/disclosures/proposals", {**WHY, "decision_id": "d"}, "propose_disclosure", OFFICIALS),
    ("POST", "/v1/disclosures", {**WHY, "decision_id": "d", "masks": [MASK]}, "prepare_disclosure", OFFICIALS),
    ("POST", "/v1/disclosures/x", {**WHY, "approve": True}, "settle_disclosure", OFFICIALS),
    ("POST", "/v1/disclosures/x/release", None, "release_disclosure", OFFICIALS),
    ("POST", f"/v1/decisions/{DECISION}/explanation", None, "explain", EVERYBODY),
    ("GET", f"/v1/decisions/{DECISION}/readers", None, "readers", EVERYBODY),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "name", "allowed"), ROUTES)
async def test_each_request_is_for_its_roles_alone_and_reaches_audit_as_whoever_asks(
    gateway, inspected, method, path, body, name, allowed
):
    for role in EVERYBODY:
        inspected.asked.clear()
        async with gateway.client(role) as client:
            answer = await client.request(method, path, json=body)
        if role not in allowed:
            assert answer.status_code == (403 if role else 401), role
            assert inspected.asked == []
            continue
        assert answer.status_code == 200, answer.text
        [request] = inspected.asked
        assert request.ask.field == name
        assert request.principal.role == (Role[role.upper()] if role else Role.CITIZEN)
        assert request.principal.authority == "exempelby"


async def test_what_is_selected_reaches_audit_whole(gateway, inspected):
    inspected.answer = {"decisions": [], "next": 0}
    wanted = {
        "from": "2026-11-01",
        "to": "2026-12-01",
        "criteria": [{"kind": "document", "value": "altan"}, {"kind": "unit", "value": "BN"}],
        "limit": 7,
        "before": 99,
        "text": "granne",
        "reviewer": "k1",
        "reason": "Revision",
    }
    async with gateway.client("auditor") as client:
        answer = await client.post("/v1/audit/decisions", json=wanted)
        for wrong in (
            {"criteria": [{"kind": "färg", "value": "röd"}]},
            {"limit": 0},
            {"limit": 501},
            {"text": "\ud800"},
        ):
            refused = await client.post(
                "/v1/audit/decisions", content=json.dumps(wrong), headers={"Content-Type": "application/json"}
            )
            assert refused.status_code in {400, 422}, wrong
    assert answer.json() == inspected.answer
    [request] = inspected.asked
    asked = request.ask.value
    assert (asked.selection.from_, asked.selection.to) == ("2026-11-01", "2026-12-01")
    assert [(each.kind, each.value) for each in asked.selection.criteria] == [("document", "altan"), ("unit", "BN")]
    assert (asked.limit, asked.before, asked.text, asked.reviewer) == (7, 99, "granne", "k1")
    assert request.reason == "Revision"


async def test_what_has_become_of_each_source_is_told_beside_what_the_log_tells(gateway, inspected):
    for name in ("kvar", "ersatt", "borttagen"):
        await gateway.put_document(name)
    gateway.script.documents["kvar"].published = "v1"
    gateway.script.documents["ersatt"].published = "v2"
    gateway.script.documents["borttagen"].state = ingest.State.RETIRED
    inspected.answer = {
        "passages": [
            {"document": name, "version": "v1"} for name in ("kvar", "ersatt", "borttagen", "aldrig", "ersatt")
        ],
        "since": [{"kind": "rules", "words": "Reglerna är ändrade sedan dess."}],
    }
    async with gateway.client("auditor") as client:
        answer = await client.get(
            f"/v1/audit/decisions/{DECISION}", headers={"Allmanning-Reason": "Begäran från JO".encode()}
        )
    assert inspected.asked[0].reason == "Begäran från JO"
    assert [(each["kind"], each.get("document"), each["words"]) for each in answer.json()["since"]] == [
        ("rules", None, "Reglerna är ändrade sedan dess."),
        ("source", "aldrig", "Källan finns inte hos myndigheten."),
        ("source", "borttagen", "Källan är borttagen."),
        ("source", "ersatt", "Källan är ersatt."),
    ]


async def test_the_case_file_comes_as_a_page_and_a_disclosure_with_its_proof(gateway, inspected):
    inspected.answer = {"kind": "allmanning.disclosure/v1"}
    async with gateway.client("caseworker") as client:
        filed = await client.post(f"/v1/audit/decisions/{DECISION}/case-file", json=WHY)
        released = await client.post("/v1/disclosures/x/release")
    assert filed.headers["content-type"] == "text/html; charset=utf-8"
    assert filed.headers["content-disposition"].startswith("attachment")
    assert released.json() == {"page": "<!doctype html>", "proof": inspected.answer}


async def test_another_authority_may_be_named_only_where_the_number_is_enough(gateway, inspected):
    async with gateway.client() as client:
        await client.get(f"/v1/decisions/{DECISION}/readers", params={"authority": "exempelby"})
    assert inspected.asked[0].authority == "exempelby"
    inspected.asked.clear()
    async with gateway.client("auditor") as client:
        await client.get(f"/v1/audit/decisions/{DECISION}", params={"authority": "annanby", "reason": "x"})
    assert (inspected.asked[0].authority, inspected.asked[0].principal.authority) == ("", "exempelby")
