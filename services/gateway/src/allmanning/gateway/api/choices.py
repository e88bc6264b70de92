"""What the authority chooses for itself: the tone of its answers, and which model is asked first."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from allmanning.contracts.generate.v1 import generate_pb as proto
from allmanning.gateway.api.exact import Whole
from allmanning.gateway.api.text import Text
from allmanning.gateway.asker import Asker, Keyed, TheParts
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/choices", tags=["authority"])

_MAX_REVISION: Final = 2**53 - 1


class ChoicesIn(BaseModel):
    """All of them. `tone` null: as the operator's file has it; `model` empty: as the registry has it."""

    model_config = ConfigDict(extra="forbid")

    tone: Annotated[Text, Field(max_length=2_000)] | None = None
    model: Annotated[Text, Field(max_length=200)] = ""
    reason: Annotated[Text, Field(max_length=10_000)]
    revision: Annotated[Whole, Field(ge=0, le=_MAX_REVISION)] | None = None


class ChosenOut(TypedDict):
    """`tone` null: as the operator's file has it; `model` empty: as the registry has it."""

    tone: str | None
    model: str


class OptionOut(TypedDict):
    """A model that can be asked first, with who is asked after it. `barred`: it may see less than is demanded."""

    name: str
    chain: list[str]
    barred: bool


class ChoiceChangeOut(TypedDict):
    """`by` is the account or key, `record` the config.changed record."""

    at: str
    by: str
    reason: str
    record: str
    before: ChosenOut
    after: ChosenOut


class ChoicesOut(TypedDict):
    """What is chosen, what holds where nothing is, what can be, and the latest changes, newest first."""

    tone: str | None
    model: str
    tone_of_file: str
    model_of_registry: str
    revision: int
    options: list[OptionOut]
    changes: list[ChoiceChangeOut]


@router.get("")
async def choices(asker: Keyed, parts: TheParts) -> ChoicesOut:
    """What the authority has chosen, and what it can choose."""
    return await chosen(asker, parts)


@router.put("")
async def change(given: ChoicesIn, asker: Keyed, parts: TheParts) -> ChoicesOut:
    """Choose; it holds from the next question on, and is on record as `config.changed`."""
    return await choose(given, asker, parts)


async def choose(given: ChoicesIn, asker: Asker, parts: Parts) -> ChoicesOut:
    """For pages too."""
    asker.require(Permission.CHOICES_WRITE)
    revision = (await chosen(asker, parts))["revision"] if given.revision is None else given.revision
    wanted = proto.Choice(model=given.model)
    if given.tone is not None:
        wanted.tone = given.tone
    request = proto.SetChoicesRequest(
        principal=asker.principal, choice=wanted, revision=revision, reason=given.reason
    )  # fmt: skip
    await parts.bus.call(subjects.GENERATE_SET_CHOICES, request, proto.SetChoicesResponse)
    return await chosen(asker, parts)


async def chosen(asker: Asker, parts: Parts) -> ChoicesOut:
    """For pages too."""
    asker.require(Permission.CHOICES_READ)
    request = proto.GetChoicesRequest(principal=asker.principal)
    known = await parts.bus.call(subjects.GENERATE_GET_CHOICES, request, proto.GetChoicesResponse)
    now = _told(known.choice)
    return ChoicesOut(
        tone=now["tone"],
        model=now["model"],
        tone_of_file=known.tone_of_file,
        model_of_registry=known.model_of_registry,
        revision=known.revision,
        options=[OptionOut(name=each.name, chain=list(each.chain), barred=each.barred) for each in known.options],
        changes=[
            ChoiceChangeOut(
                at=each.at,
                by=each.by,
                reason=each.reason,
                record=each.record,
                before=_told(each.before),
                after=_told(each.after),
            )
            for each in known.changes
        ],
    )


def _told(choice: proto.Choice | None) -> ChosenOut:
    choice = choice or proto.Choice()
    return ChosenOut(tone=choice.tone if choice.has_field("tone") else None, model=choice.model)
