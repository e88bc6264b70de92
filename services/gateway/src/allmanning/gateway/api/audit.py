"""What auditors ask of the decision log."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response
from pydantic import Field

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.gateway.api.exact import Real, Whole
from allmanning.gateway.api.media import REPORT, answers
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.decisions import stated_reason
from allmanning.gateway.inspecting import SelectionIn, Why, inspect, report, with_sources_now
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/v1/audit", tags=["audit"])

_FORMS: Final = {
    "html": ("text/html; charset=utf-8", "html"),
    "text": ("text/plain; charset=utf-8", "txt"),
    "json": ("application/json", "json"),
}


class Paged(SelectionIn):
    """A page of a selection, newest first; `next` of one page is `before` of the one after."""

    limit: Whole = Field(default=50, ge=1, le=500)
    before: Whole = Field(default=0, ge=0, le=2**63 - 1)


class Finding(Paged, Why):
    """`text` and `reviewer` (a key id) are looked for in content: then a reason is needed, and each hit is recorded."""

    text: Text = Field(default="", max_length=500)
    reviewer: Text = Field(default="", max_length=200)


class Naming(Why):
    """A person, by words as they stand in the content or by the person's key."""

    text: Text = Field(default="", max_length=200)
    key_id: Text = Field(default="", max_length=64)


class Comparing(SelectionIn, Why):
    """How alike two questions must be to be compared, 0 to 1; 0 is what suits whatever compares them."""

    least_likeness: Real = Field(default=0, ge=0, le=1)
    decision_id: Text = Field(default="", max_length=64)
    limit: Whole = Field(default=10_000, ge=1, le=10_000)
    before: Whole = Field(default=0, ge=0, le=2**63 - 1)


class Replaying(Paged):
    """A table of rules to try, YAML."""

    table: Text = Field(max_length=200_000)


class Filing(Why):
    """The authority's own case number (diarienummer), printed in the file, and the file's form."""

    case_number: Text = Field(default="", max_length=100)
    format: Literal["html", "text", "json"] = "html"


@router.post("/decisions", response_class=Response, responses=REPORT)
async def find(finding: Finding, asker: Keyed, parts: TheParts) -> Response:
    """Decisions by time, unit, use case, outcome, rule, model, document, reviewer: `{"decisions": […], "next"}`."""
    asker.require(Permission.INSPECT)
    asked = proto.FindDecisions(
        selection=finding.message(),
        limit=finding.limit,
        before=finding.before,
        text=finding.text,
        reviewer=finding.reviewer,
    )
    return await report(parts, asker, "find", asked, reason=finding.reason)


@router.get("/decisions/{decision_id}", response_class=Response, responses=REPORT)
async def see(
    decision_id: str,
    asker: Keyed,
    parts: TheParts,
    reason: Annotated[str, Query(max_length=1000)] = "",
    allmanning_reason: Annotated[str | None, Header(max_length=1000)] = None,
) -> Response:
    """The time machine: the decision as it was seen, the sources' wording then, and under `since` what has changed."""
    asker.require(Permission.INSPECT)
    asked = proto.SeeDecision(decision_id=decision_id)
    seen = await inspect(parts, asker, "see", asked, reason=stated_reason(allmanning_reason, reason))
    return await with_sources_now(parts, asker.principal.authority, seen.report)


@router.post("/decisions/{decision_id}/case-file", response_class=Response, responses=answers("text/html"))
async def file(decision_id: str, filing: Filing, asker: Keyed, parts: TheParts) -> Response:
    """Tillför akten: one file of exactly what was used (OSL 4 kap. 3 §), HTML unless asked; its SHA-256 is recorded."""
    asker.require(Permission.CASE_FILE)
    asked = proto.FileDecision(decision_id=decision_id, case_number=filing.case_number, format=filing.format)
    made = await inspect(parts, asker, "file", asked, reason=filing.reason)
    media_type, suffix = _FORMS[filing.format]
    headers = {"Content-Disposition": f'attachment; filename="underlag.{suffix}"'}
    return Response(made.file, media_type=media_type, headers=headers)


@router.post("/readers", response_class=Response, responses=REPORT)
async def readers(named: Naming, asker: Keyed, parts: TheParts) -> Response:
    """Vem har läst om mig? For a person who asks: each reading of every decision that names them, by role and unit.

    The log is searched for it, which is on record with the reason; no content is told.
    """
    asker.require(Permission.INSPECT)
    asked = proto.ListReadersOfPerson(text=named.text, key_id=named.key_id)
    return await report(parts, asker, "readers_of_person", asked, reason=named.reason)


@router.post("/lint", response_class=Response, responses=REPORT)
async def lint(page: Paged, asker: Keyed, parts: TheParts) -> Response:
    """What records lack by FL 25, 31, 32 and 33 §§ and KL 6:37-38, red and amber, per decision and counted by unit."""
    asker.require(Permission.INSPECT)
    asked = proto.LintDecisions(selection=page.message(), limit=page.limit, before=page.before)
    return await report(parts, asker, "lint", asked)


@router.post("/replay", response_class=Response, responses=REPORT)
async def replay(replaying: Replaying, asker: Keyed, parts: TheParts) -> Response:
    """Which decisions another table would have treated otherwise."""
    asker.require(Permission.INSPECT)
    asked = proto.ReplayRules(
        selection=replaying.message(), table=replaying.table, limit=replaying.limit, before=replaying.before
    )
    return await report(parts, asker, "replay", asked)


@router.post("/like-cases", response_class=Response, responses=REPORT)
async def compare(comparing: Comparing, asker: Keyed, parts: TheParts) -> Response:
    """Near-identical questions with different outcomes, side by side. Opens content: a reason is needed.

    `looked_at` decisions were compared, `by` the platform's embedder or, where it did not answer, trigrams; `next` goes
    on where the time or `limit` ended it. With `decision_id`: the cases that are like this one, however they ended.
    """
    asker.require(Permission.INSPECT)
    asked = proto.CompareCases(
        selection=comparing.message(),
        least_likeness=comparing.least_likeness,
        limit=comparing.limit,
        before=comparing.before,
        decision_id=comparing.decision_id,
    )
    return await report(parts, asker, "compare", asked, reason=comparing.reason)


@router.get("/tasks", response_class=Response, responses=REPORT)
async def tasks(
    asker: Keyed,
    parts: TheParts,
    kind: Annotated[str, Query(pattern="^(|recall|sample|control|control_plan|disclosure)$")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Recalls, samples, controls and disclosures that have been begun, newest first."""
    asker.require(Permission.INSPECT)
    return await report(parts, asker, "tasks", proto.ListTasks(kind=kind, limit=limit))
