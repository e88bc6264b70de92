"""What the operator has written down about an authority: its share, its limits, and facts for those who ask."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from allmanning.runtime.record import canonical

_Line: TypeAlias = Annotated[str, Field(max_length=200)]
_Domain: TypeAlias = Annotated[str, Field(max_length=200, pattern=r"^[a-z0-9åäö-]+(?:\.[a-z0-9åäö-]+)+$")]


class Share(BaseModel):
    """How much of the common resources the authority may use."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: float = Field(default=1.0, gt=0, le=1000)
    """When authorities compete, each gets places in proportion to its weight."""

    tokens_per_day: int = Field(default=0, ge=0)
    """Most model tokens, read and written, on a Swedish day; 0: no limit."""


class Contact(BaseModel):
    """How a person reaches a person."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phone: _Line = ""
    switchboard: _Line = ""
    email: _Line = ""
    url: _Line = ""
    hours: _Line = ""
    visit: _Line = ""


class Unit(BaseModel):
    """A part of the authority."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Line
    name: _Line


class Authority(BaseModel):
    """One authority. Everything has a working default, so that no authority needs a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Line = ""
    name: _Line = ""
    contact: Contact = Contact()
    units: tuple[Unit, ...] = ()
    share: Share = Share()
    domains: tuple[_Domain, ...] = ()
    """Internet domains of its own, with all below them: answers link to these and to what they cite, nowhere else."""
    tone: Annotated[str, Field(max_length=600)] = ""
    """How the authority wants its answers worded, for the model: form of address, words to use and to avoid."""

    model_secrecy: Literal["open", "internal", "secret"] = "open"
    """A model that the authority itself chooses must be allowed to see passages up to this class."""

    @property
    def pinned(self) -> bytes:
        """What of it decides how answers are worded, as RFC 8785 JSON; shares and limits decide only when."""
        return canonical(self.model_dump(mode="json", exclude={"share", "model_secrecy"}))
