"""The conversation so far, which the form itself carries: nothing of it is kept between two requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Form
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from allmanning.gateway.asker import Asker
from allmanning.gateway.pages.citizen.layout import Block, blocks
from allmanning.gateway.parts import Parts
from allmanning.runtime.errors import InvalidInput

# Earlier turns help to understand "och för ett plank?"; older ones than these don't.
REMEMBERED: Final = 6
_MOST_TURNS: Final = 100


class SourcePlace(BaseModel):
    """A place in a document; `view` is the path of our page that shows it."""

    model_config = ConfigDict(frozen=True)

    title: Annotated[str, Field(max_length=1_000)]
    heading: Annotated[str, Field(max_length=1_000)] = ""
    page: int = 0
    valid_from: str = ""
    # A form can be forged: it leads to nowhere else.
    view: Annotated[str, Field(pattern=r"^/documents/[^\\\s]*$", max_length=2_000)]


class CitedSource(SourcePlace):
    """A source under an answer."""

    number: int


class Turn(BaseModel):
    """A question and its answer; `token` shows that the decision is the asker's own."""

    model_config = ConfigDict(frozen=True)

    asked: str
    answered: str
    # That the answer is quoted in another language, said in the question's.
    foreword: str = ""
    asked_in: Annotated[str, Field(pattern=r"^[a-zA-Z-]{0,20}$")] = "sv"
    decision: Annotated[str, Field(pattern=r"^[0-9a-f-]{0,36}$")] = ""
    token: str = ""
    language: Annotated[str, Field(pattern=r"^[a-zA-Z-]{0,20}$")] = "sv"
    sources: tuple[CitedSource, ...] = ()
    # Where it may stand, when there was no sure answer.
    nearby: tuple[SourcePlace, ...] = ()
    nearby_heading: Annotated[str, Field(max_length=200)] = ""

    @property
    def paragraphs(self) -> Sequence[str]:
        return [line.strip() for line in self.answered.split("\n") if line.strip()]

    @property
    def blocks(self) -> Sequence[Block]:
        return blocks(self.answered)

    @property
    def field(self) -> str:
        """As the form carries it."""
        return self.model_dump_json()


@dataclass(frozen=True)
class Conversation:
    """Turns, oldest first."""

    turns: Sequence[Turn] = ()

    @property
    def remembered(self) -> Sequence[Turn]:
        return self.turns[-REMEMBERED:]

    def own_decisions(self, parts: Parts, asker: Asker) -> list[str]:
        """The decisions that whoever sent the form got themselves, oldest first."""
        authority = asker.principal.authority
        held = [each.decision for each in self.turns if parts.tokens.holds(authority, each.decision, each.token)]
        return list(dict.fromkeys(held))


def _carried(turn: Annotated[list[str], Form(max_length=_MOST_TURNS)] = []) -> Conversation:  # noqa: B006 - FastAPI copies defaults
    """Raises InvalidInput: `conversation.invalid`."""
    try:
        return Conversation([Turn.model_validate_json(each) for each in turn])
    except ValidationError as error:
        raise InvalidInput(
            "conversation.invalid", "Samtalet kom inte fram helt. Ladda om sidan och fråga igen."
        ) from error


Carried = Annotated[Conversation, Depends(_carried)]
