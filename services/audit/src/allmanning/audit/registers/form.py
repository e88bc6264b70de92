"""The forms that registers are made by: which fields, in which order, and what fills each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import yaml

from allmanning.runtime.errors import NotFound

IDS: Final = ("atrs", "art30", "osl42", "annex8a", "annex8c", "nl", "dpia", "fria")


@dataclass(frozen=True)
class Field:
    """One field: measured facts by name, and the text that a person writes under the key `write`, as `guide` says.

    Two forms may ask for the same text; it is written once. `text` stands as it is.
    """

    name: str
    number: str = ""
    facts: tuple[str, ...] = ()
    text: str = ""
    write: str = ""
    guide: str = ""
    required: bool = False


@dataclass(frozen=True)
class Section:
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Form:
    """A register. `standard` names the source with its version; once published, anybody may read a `public` one."""

    id: str
    title: str
    standard: str
    public: bool
    sections: tuple[Section, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(field for section in self.sections for field in section.fields)


def form(id: str) -> Form:
    """A form by its name.

    Raises:
        NotFound: `register.unknown`.
    """
    if id not in IDS:
        raise NotFound("register.unknown", f"Det registret finns inte. Välj bland {', '.join(IDS)}.")
    return _read(id)


def writable() -> Mapping[str, str]:
    """Every text that a person may write, by key, with its guidance; the first form that asks for it says which."""
    found: dict[str, str] = {}
    for each in IDS:
        for field in form(each).fields:
            if field.write:
                found.setdefault(field.write, field.guide)
    return found


@cache
def _read(id: str) -> Form:
    value = yaml.safe_load(files("allmanning.audit.registers").joinpath("forms", f"{id}.yaml").read_text("utf-8"))
    sections = tuple(
        Section(
            section["title"],
            tuple(Field(**{**field, "facts": tuple(field.get("facts", ()))}) for field in section["fields"]),
        )
        for section in value["sections"]
    )
    return Form(id, value["title"], value["standard"], value["public"], sections)
