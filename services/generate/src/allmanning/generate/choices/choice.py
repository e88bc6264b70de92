"""What an authority has chosen; what it has not is as the operator's files have it."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from allmanning.contracts.generate.v1 import generate_pb as proto
from allmanning.generate.authority import Authority
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

MAX_TONE_CHARS: Final = 600
MAX_REASON_CHARS: Final = 2_000


class Choice(BaseModel):
    """`tone` None: as the file. `model`: who is asked first, by name, or "extractive"; empty: as the registry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tone: Annotated[str, Field(max_length=MAX_TONE_CHARS)] | None = None
    model: Annotated[str, Field(max_length=200)] = ""

    def worn(self, authority: Authority) -> Authority:
        """The authority with its own tone."""
        return authority if self.tone is None else authority.model_copy(update={"tone": self.tone})

    def facts(self) -> dict[str, Json]:
        """For a record."""
        facts: dict[str, Json] = self.model_dump(mode="json")
        return facts

    def message(self) -> proto.Choice:
        told = proto.Choice(model=self.model)
        if self.tone is not None:
            told.tone = self.tone
        return told

    @classmethod
    def of(cls, message: proto.Choice | None) -> Choice:
        """What somebody asks for.

        Raises:
            InvalidInput: `choice.invalid`.
        """
        message = message or proto.Choice()
        tone = " ".join(message.tone.split()) if message.has_field("tone") else None
        if tone is not None and any(not each.isprintable() for each in tone):
            raise _invalid()
        try:
            return cls(tone=tone, model=message.model)
        except ValidationError as error:
            raise _invalid() from error


def _invalid() -> InvalidInput:
    return InvalidInput(
        "choice.invalid", f"Skriv tonen med högst {MAX_TONE_CHARS} tecken. (The tone has {MAX_TONE_CHARS} at most.)"
    )
