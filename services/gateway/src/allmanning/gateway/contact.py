"""How people reach a person at the authority."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Final
from urllib.parse import urlsplit

from allmanning.runtime.errors import InvalidInput

MAX_CHARS: Final = 300


@dataclass(frozen=True)
class Contact:
    """Each field may be empty; `data_protection` reaches the data protection officer (GDPR art. 37.7)."""

    phone: str = ""
    email: str = ""
    hours: str = ""
    address: str = ""
    url: str = ""
    data_protection: str = ""
    # In free words, where nobody has filled in the rest.
    text: str = ""

    @classmethod
    def of(cls, stored: str) -> Contact:
        """From `stored`; what an earlier release wrote there is free words."""
        if not stored.startswith("{"):
            return cls(text=stored)
        known = json.loads(stored)
        return cls(**{each.name: str(known.get(each.name, "")) for each in fields(cls)})

    @property
    def stored(self) -> str:
        """As text for the database; empty when nothing is known."""
        given = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(given, ensure_ascii=False) if given else ""

    @property
    def line(self) -> str:
        """The ways to reach a person, in one line."""
        return " · ".join(each for each in (self.phone, self.email, self.hours, self.address, self.text) if each)

    @property
    def dialled(self) -> str:
        """The phone number as a `tel:` address has it (RFC 3966)."""
        return "".join(each for each in self.phone if each.isdigit() or each == "+")

    def changed(self, given: Mapping[str, str]) -> Contact:
        """With the fields that are given in place of what they were.

        Raises:
            InvalidInput: `contact.invalid`.
        """
        new = Contact(**{**asdict(self), **{name: value.strip() for name, value in given.items()}})
        for name, value in asdict(new).items():
            if len(value) > MAX_CHARS or any(not each.isprintable() for each in value):
                raise InvalidInput(
                    "contact.invalid",
                    f"Fältet {name} ska vara en rad på högst {MAX_CHARS} tecken. "
                    f"(The field {name} is one line of at most {MAX_CHARS} characters.)",
                )
        if new.url and urlsplit(new.url).scheme not in {"http", "https"}:
            raise InvalidInput(
                "contact.invalid", "Webbadressen ska börja med https://. (The address begins with https://.)"
            )
        if new.email and "@" not in new.email:
            raise InvalidInput("contact.invalid", "E-postadressen saknar @. (The e-mail address has no @.)")
        return new
