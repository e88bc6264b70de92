"""The rules on automatic answers: read, tried, proposed, and approved by another person."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1.rules_pb import (
    AssessRulesRequest,
    AssessRulesResponse,
    CheckRulesRequest,
    CheckRulesResponse,
    ProposeRulesRequest,
    ProposeRulesResponse,
    RulesProblem,
    RulesVersion,
    SettleRulesRequest,
    SettleRulesResponse,
    ShowRulesRequest,
    ShowRulesResponse,
)
from allmanning.gateway.api.media import answers
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.idempotency.route import IdempotentRoute
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/rules", tags=["rules"], route_class=IdempotentRoute)

# Thirty days of a busy log.
ASSESSED_WITHIN_S: Final = 110.0
Yaml = Annotated[Text, Field(max_length=400_000, description="The authority's own table, as YAML.")]
Reason = Annotated[Text, Field(max_length=2_000, description="Why; kept with the record, not in the log's leaf.")]


class Table(BaseModel):
    """A table to try."""

    yaml: Yaml


class Proposal(Table):
    """A table to propose; `effective` is its first day, empty for today."""

    effective: Text = Field(default="", max_length=10, examples=["2026-12-01"])
    reason: Reason


class Settling(BaseModel):
    """Why it is approved or rejected."""

    reason: Reason


class ProblemOut(TypedDict):
    """A fault: line and position in the file, from 1 (0: the table as a whole); row, column, and what to write."""

    line: int
    position: int
    rule: str
    column: str
    text: str


class CheckOut(TypedDict):
    """What was found in a table; no problems means that it may be proposed."""

    rules: int
    problems: list[ProblemOut]


class MovementOut(TypedDict):
    """Answers that would have had another outcome; `decisions` names the first 1,000."""

    was: str
    would: str
    count: int
    rules: dict[str, int]
    decisions: list[str]


class ImpactOut(TypedDict):
    """What the logged decisions between two times would have become on a day's rows."""

    since: str
    until: str
    day: str
    decisions: int
    unreadable: int
    moved: list[MovementOut]


class VersionOut(TypedDict):
    """A version of the authority's own table. `state` is proposed, published or rejected."""

    id: str
    state: str
    name: str
    edition: str
    table: str
    effective: str
    proposed_at: str
    settled_at: str
    in_force: bool
    impact: ImpactOut | None


class RulesOut(TypedDict):
    """Both tables as they were written, and the hash that verdicts point to."""

    national: str
    own: str
    rules: str
    engine: str


class ProposedOut(TypedDict):
    """The proposal, or the faults that kept it from being one."""

    version: VersionOut | None
    problems: list[ProblemOut]


class VersionsOut(TypedDict):
    """Every version, newest first."""

    versions: list[VersionOut]


def _problem(found: RulesProblem) -> ProblemOut:
    return ProblemOut(line=found.line, position=found.position, rule=found.rule, column=found.column, text=found.text)


def version(known: RulesVersion) -> VersionOut:
    impact = known.impact
    return VersionOut(
        id=known.id,
        state=known.state,
        name=known.name,
        edition=known.edition,
        table=known.table,
        effective=known.effective,
        proposed_at=known.proposed_at,
        settled_at=known.settled_at,
        in_force=known.in_force,
        impact=ImpactOut(
            since=impact.since,
            until=impact.until,
            day=impact.day,
            decisions=impact.decisions,
            unreadable=impact.unreadable,
            moved=[
                MovementOut(
                    was=each.was,
                    would=each.would,
                    count=each.count,
                    rules=dict(each.rules),
                    decisions=list(each.decisions),
                )
                for each in impact.moved
            ],
        )
        if impact
        else None,
    )


async def _shown(asker: Keyed, parts: TheParts, version_id: str) -> ShowRulesResponse:
    asker.require(Permission.RULES_READ)
    request = ShowRulesRequest(authority=asker.principal.authority, id=version_id)
    return await parts.bus.call(subjects.AUDIT_SHOW_RULES, request, ShowRulesResponse)


@router.get("")
async def rules(asker: Keyed, parts: TheParts, version_id: Annotated[Text, Query(alias="version")] = "") -> RulesOut:
    """The rules in force for the authority, or those of one version."""
    shown = await _shown(asker, parts, version_id)
    return RulesOut(national=shown.national, own=shown.own, rules=shown.rules, engine=shown.engine)


@router.get("/export", response_class=Response, responses=answers("application/yaml"))
async def export(asker: Keyed, parts: TheParts, version_id: Annotated[Text, Query(alias="version")] = "") -> Response:
    """The authority's own table as the file it was proposed with; empty where there is none."""
    shown = await _shown(asker, parts, version_id)
    headers = {"Content-Disposition": 'attachment; filename="regler.yaml"'}
    return Response(shown.own, media_type="application/yaml", headers=headers)


@router.get("/versions")
async def versions(asker: Keyed, parts: TheParts) -> VersionsOut:
    """Every version of the authority's own table, with what it would have changed."""
    return VersionsOut(versions=[version(each) for each in (await _shown(asker, parts, "")).versions])


@router.post("/check")
async def check(given: Table, asker: Keyed, parts: TheParts) -> CheckOut:
    """Try a table: its form, its examples, rows that hide or contradict, and where it would be looser."""
    asker.require(Permission.RULES_READ)
    request = CheckRulesRequest(authority=asker.principal.authority, source=given.yaml)
    found = await parts.bus.call(subjects.AUDIT_CHECK_RULES, request, CheckRulesResponse, timeout_s=60)
    return CheckOut(rules=found.rules, problems=[_problem(each) for each in found.problems])


@router.post("/versions")
async def propose(given: Proposal, asker: Keyed, parts: TheParts) -> ProposedOut:
    """Propose a table. Nothing applies before another administrator has approved it."""
    asker.require(Permission.RULES_WRITE)
    request = ProposeRulesRequest(
        principal=asker.principal, source=given.yaml, effective=given.effective, reason=given.reason
    )
    made = await parts.bus.call(subjects.AUDIT_PROPOSE_RULES, request, ProposeRulesResponse, timeout_s=60)
    return ProposedOut(
        version=version(made.version) if made.version else None, problems=[_problem(each) for each in made.problems]
    )


@router.post("/versions/{version_id}/impact")
async def assess(version_id: str, asker: Keyed, parts: TheParts) -> VersionOut:
    """Run the logged decisions of the last 30 days under the proposal, and record what would have changed."""
    asker.require(Permission.RULES_TRY)
    request = AssessRulesRequest(principal=asker.principal, id=version_id)
    done = await parts.bus.call(subjects.AUDIT_ASSESS_RULES, request, AssessRulesResponse, timeout_s=ASSESSED_WITHIN_S)
    return version(done.version or RulesVersion())


@router.post("/versions/{version_id}/approve")
async def approve(version_id: str, given: Settling, asker: Keyed, parts: TheParts) -> VersionOut:
    """Publish a proposal whose impact is recorded; the key must be another than the proposer's."""
    return await _settled(version_id, given, asker, parts, approve=True)


@router.post("/versions/{version_id}/reject")
async def reject(version_id: str, given: Settling, asker: Keyed, parts: TheParts) -> VersionOut:
    """Reject a proposal."""
    return await _settled(version_id, given, asker, parts, approve=False)


async def _settled(version_id: str, given: Settling, asker: Keyed, parts: TheParts, *, approve: bool) -> VersionOut:
    asker.require(Permission.RULES_WRITE)
    request = SettleRulesRequest(principal=asker.principal, id=version_id, approve=approve, reason=given.reason)
    done = await parts.bus.call(subjects.AUDIT_SETTLE_RULES, request, SettleRulesResponse, timeout_s=30)
    return version(done.version or RulesVersion())
