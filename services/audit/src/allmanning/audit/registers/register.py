"""A form filled with what a card knows and what people have written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from allmanning.audit.registers.card import Card
from allmanning.audit.registers.facts import facts_of
from allmanning.audit.registers.form import Field, Form
from allmanning.audit.registers.rendering import MARK
from allmanning.runtime.record import Json

KIND: Final = "allmanning.register/v1"
# What an optional text becomes in a publication when nobody has written it.
NOT_GIVEN: Final = "Inte angivet."


@dataclass(frozen=True)
class Filled:
    """A field with what is measured, what a person has written, and whether somebody still must."""

    field: Field
    measured: str
    written: str

    @property
    def missing(self) -> bool:
        return bool(self.field.write) and not self.written

    def text(self, *, published: bool = False) -> str:
        """What stands in the field; where a person must write, `[SKRIV HÄR: …]` with the guidance."""
        parts = [each for each in (self.field.text, self.measured, self.written) if each]
        if self.missing and not published:
            parts.append(f"{MARK} {self.field.guide}]")
        return "\n\n".join(parts) or NOT_GIVEN


@dataclass(frozen=True)
class Register:
    """A form with its fields filled, section by section."""

    form: Form
    card: Card
    sections: tuple[tuple[str, tuple[Filled, ...]], ...]

    @property
    def fields(self) -> tuple[Filled, ...]:
        return tuple(each for _, filled in self.sections for each in filled)

    @property
    def unwritten(self) -> list[str]:
        """Keys of the texts that must be written before this may be published."""
        return sorted({each.field.write for each in self.fields if each.missing and each.field.required})

    def as_json(self, *, published: bool = False) -> dict[str, Json]:
        return {
            "kind": KIND,
            "register": self.form.id,
            "title": self.form.title,
            "standard": self.form.standard,
            "authority": self.card.value["authority"],
            "made_at": self.card.value["made_at"],
            "card": self.card.hash,
            "sections": [
                {"title": title, "fields": [_field(each, published=published) for each in filled]}
                for title, filled in self.sections
            ],
        }


def filled(form: Form, card: Card) -> Register:
    """The register that a card makes of a form."""
    facts = facts_of(card.value)
    texts = card.value.get("texts")
    written: Mapping[str, Json] = texts if isinstance(texts, dict) else {}
    return Register(
        form,
        card,
        tuple(
            (section.title, tuple(_filled(field, facts, written) for field in section.fields))
            for section in form.sections
        ),
    )


def _filled(field: Field, facts: Mapping[str, str], texts: Mapping[str, Json]) -> Filled:
    measured = "\n".join(facts[name] for name in field.facts if facts[name])
    written = texts.get(field.write) if field.write else ""
    return Filled(field, measured, written if isinstance(written, str) else "")


def _field(filled: Filled, *, published: bool) -> dict[str, Json]:
    field = filled.field
    said: dict[str, Json] = {"name": field.name, "text": filled.text(published=published)}
    if field.number:
        said["number"] = field.number
    if field.write and not published:
        said |= {"write": field.write, "written": not filled.missing, "required": field.required}
    return said
