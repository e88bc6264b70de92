"""Runs of the authority's questions: begun, followed, stopped and read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from typing_extensions import TypedDict

from allmanning.gateway.api.evaluation_sets import question_sets
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Asker, Keyed, TheParts
from allmanning.gateway.desk import Desk
from allmanning.gateway.evaluation.records import Records
from allmanning.gateway.evaluation.run import Run
from allmanning.gateway.evaluation.runs import Runs
from allmanning.gateway.evaluation.sealed import SealedTexts
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/v1/evaluations", tags=["evaluations"])


class RunIn(BaseModel):
    """Which set of questions, and a name to know the run by; the set's when it is left out."""

    model_config = ConfigDict(extra="forbid")

    set: Annotated[Text, Field(max_length=64)]
    name: Annotated[Text, Field(max_length=200)] = ""


class RunOut(TypedDict):
    """`state`: waiting, running, stopping, done, stopped or broken (`why` has the code).

    `resumed`: how many times the platform was started again meanwhile. `figures` and `pins` are there when it has
    ended; a pin has several hashes where it changed meanwhile.
    """

    id: str
    name: str
    set: str
    set_name: str
    state: str
    why: str
    questions: int
    answered: int
    resumed: int
    started_at: str
    started_by: str
    ended_at: str
    model: str
    pins: dict[str, str]
    figures: dict[str, JsonValue]


class RunsOut(TypedDict):
    """The latest first."""

    evaluations: list[RunOut]


class AnswerOut(TypedDict):
    """One question of a run with what came back; `wrong` says what was not as its key has it."""

    id: str
    question: str
    expected: str
    outcome: str
    reason: str
    right: bool
    wrong: list[str]
    text: str
    sources: list[str]
    decision_id: str


class AnswersOut(TypedDict):
    """In the set's order."""

    answers: list[AnswerOut]


@router.get("")
async def evaluations(asker: Keyed, parts: TheParts) -> RunsOut:
    """The authority's runs."""
    asker.require(Permission.EVALUATIONS_READ)
    return RunsOut(evaluations=[_told(each) for each in await runs(parts).listed(asker.principal.authority)])


@router.post("", status_code=202)
async def start(given: RunIn, asker: Keyed, parts: TheParts) -> RunOut:
    """Begin a run: its questions are asked after everybody else's, and are counted as nobody's use."""
    return _told(await begin(given, asker, parts))


@router.get("/{evaluation_id}")
async def one(evaluation_id: str, asker: Keyed, parts: TheParts) -> RunOut:
    """How far a run has come, and what it gave."""
    asker.require(Permission.EVALUATIONS_READ)
    return _told(await runs(parts).one(asker.principal.authority, evaluation_id))


@router.get("/{evaluation_id}/answers")
async def answers(
    evaluation_id: str,
    asker: Keyed,
    parts: TheParts,
    wrong: Annotated[bool, Query(description="Only those that are not as their keys have it")] = False,
) -> AnswersOut:
    """What came back for each question so far, without what has been erased in the log since."""
    asker.require(Permission.EVALUATE)
    result = await runs(parts).result(asker.principal.authority, evaluation_id)
    return AnswersOut(
        answers=[
            AnswerOut(
                id=check.question.id,
                question=check.question.question,
                expected=check.question.expect,
                outcome=check.answer.outcome,
                reason=check.answer.reason,
                right=check.right,
                wrong=check.wrongs,
                text=check.answer.text,
                sources=[each.source for each in check.answer.cited],
                decision_id=told.decision,
            )
            for check, (_, told) in zip(result.checks, result.pairs, strict=True)
            if not (wrong and check.right)
        ]
    )


@router.post("/{evaluation_id}/stop")
async def stop(evaluation_id: str, asker: Keyed, parts: TheParts) -> RunOut:
    """Ask no more questions; the one that is being answered is the last."""
    asker.require(Permission.EVALUATE)
    return _told(await runs(parts).stop(asker.principal.authority, evaluation_id))


@router.delete("/{evaluation_id}", status_code=204)
async def remove(evaluation_id: str, asker: Keyed, parts: TheParts) -> Response:
    """Take a run's answers away; its decisions stay in the log."""
    asker.require(Permission.EVALUATE)
    await runs(parts).remove(asker.principal.authority, evaluation_id)
    return Response(status_code=204)


async def begin(given: RunIn, asker: Asker, parts: Parts) -> Run:
    """For pages too."""
    asker.require(Permission.EVALUATE)
    chosen = await question_sets(parts).one(asker.principal.authority, given.set)
    return await runs(parts).start(asker.principal, chosen, given.name)


def runs(parts: Parts) -> Runs:
    return Runs(Desk(parts.settings.data_dir), Records(parts.recorder), SealedTexts.of(parts.settings))


def _told(run: Run) -> RunOut:
    return RunOut(
        id=run.id,
        name=run.name,
        set=run.question_set,
        set_name=run.set_name,
        state=run.state,
        why=run.why,
        questions=run.asked,
        answered=run.answered,
        resumed=run.resumed,
        started_at=run.started_at,
        started_by=run.started_by,
        ended_at=run.ended_at,
        model=run.model,
        pins=dict(run.pins),
        figures=dict(run.figures),
    )
