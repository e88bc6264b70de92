"""The authority's own questions with their keys, by which answers are measured."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from allmanning.gateway.api.exact import Whole
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Asker, Keyed, TheParts
from allmanning.gateway.desk import Desk
from allmanning.gateway.evaluation.questions import MAX_QUESTIONS, KeyedQuestion
from allmanning.gateway.evaluation.sealed import SealedTexts
from allmanning.gateway.evaluation.sets import QuestionSet, QuestionSets
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.permission import Permission

router = APIRouter(prefix="/v1/evaluations/sets", tags=["evaluations"])

_MAX_REVISION: Final = 2**53 - 1


class SetIn(BaseModel):
    """A name and the questions, in place of those there were. `revision`: refuse if it is another one by now."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Text, Field(max_length=200)]
    questions: Annotated[list[KeyedQuestion], Field(max_length=MAX_QUESTIONS)]
    revision: Annotated[Whole, Field(ge=0, le=_MAX_REVISION)] | None = None


class QuestionOut(TypedDict):
    """A question with what a right answer says, and which documents it may rest on."""

    id: str
    question: str
    expect: str
    role: str
    language: str
    reason: str
    sources: list[str]
    facts: list[str]


class SetSummary(TypedDict):
    """`rows` is a hash of questions and keys: runs with the same can be compared."""

    id: str
    name: str
    revision: int
    changed_at: str
    rows: str
    questions: int


class SetOut(TypedDict):
    """A set with its questions."""

    id: str
    name: str
    revision: int
    changed_at: str
    rows: str
    questions: list[QuestionOut]


class SetsOut(TypedDict):
    """By name."""

    sets: list[SetSummary]


@router.get("")
async def sets(asker: Keyed, parts: TheParts) -> SetsOut:
    """The authority's sets of questions."""
    asker.require(Permission.EVALUATIONS_READ)
    listed = await question_sets(parts).listed(asker.principal.authority)
    return SetsOut(
        sets=[
            SetSummary(
                id=each.id,
                name=each.name,
                revision=each.revision,
                changed_at=each.changed_at,
                rows=each.pin,
                questions=len(each.questions),
            )
            for each in listed
        ]
    )


@router.post("", status_code=201)
async def make_set(given: SetIn, asker: Keyed, parts: TheParts) -> SetOut:
    """Keep a set of questions."""
    return _told(await make(given, asker, parts))


@router.get("/{set_id}")
async def one_set(set_id: str, asker: Keyed, parts: TheParts) -> SetOut:
    """A set with its questions."""
    asker.require(Permission.EVALUATIONS_READ)
    return _told(await question_sets(parts).one(asker.principal.authority, set_id))


@router.put("/{set_id}")
async def change_set(set_id: str, given: SetIn, asker: Keyed, parts: TheParts) -> SetOut:
    """Other questions in the set; runs keep those that they were begun with."""
    return _told(await change(set_id, given, asker, parts))


@router.delete("/{set_id}", status_code=204)
async def remove_set(set_id: str, asker: Keyed, parts: TheParts) -> Response:
    """Take a set away; what it has measured stays."""
    asker.require(Permission.EVALUATE)
    await question_sets(parts).remove(asker.principal, set_id)
    return Response(status_code=204)


async def make(given: SetIn, asker: Asker, parts: Parts) -> QuestionSet:
    """For pages too."""
    asker.require(Permission.EVALUATE)
    return await question_sets(parts).make(asker.principal, given.name, given.questions)


async def change(set_id: str, given: SetIn, asker: Asker, parts: Parts) -> QuestionSet:
    """For pages too."""
    asker.require(Permission.EVALUATE)
    known = question_sets(parts)
    revision = given.revision
    if revision is None:
        revision = (await known.one(asker.principal.authority, set_id)).revision
    return await known.change(asker.principal, set_id, given.name, given.questions, revision)


def question_sets(parts: Parts) -> QuestionSets:
    return QuestionSets(Desk(parts.settings.data_dir), SealedTexts.of(parts.settings))


def _told(one: QuestionSet) -> SetOut:
    return SetOut(
        id=one.id,
        name=one.name,
        revision=one.revision,
        changed_at=one.changed_at,
        rows=one.pin,
        questions=[
            QuestionOut(
                id=each.id,
                question=each.question,
                expect=each.expect,
                role=each.role,
                language=each.language,
                reason=each.reason,
                sources=list(each.sources),
                facts=list(each.facts),
            )
            for each in one.questions
        ],
    )
