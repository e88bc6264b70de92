"""How to reach a person at the authority, in a sentence for whoever is told to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from allmanning.generate.authority import Contact
from allmanning.generate.direction import isolated
from allmanning.generate.hours import clock, hours, in_words, opens
from allmanning.runtime.swedish_day import SWEDEN

CONTACT: Final = files("allmanning.generate").joinpath("contact.yaml").read_bytes()
"""The words as they were read, to be pinned by their hash."""

# Languages that write 8.00.
_WITH_POINT: Final = ("sv", "fi")


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    phone: str
    switchboard: str
    hours: str
    email: str
    visit: str
    url: str
    closed: str
    days: Sequence[str]


def reached(contact: Contact, language: str, now: datetime | None = None) -> str:
    """English for a language that is not known; empty when the operator has written nothing down.

    Hours that can be read are told in the language, and that it is closed `now` (without it, this moment) by them.
    """
    words = _words().get(language) or _words()["en"]
    ways = [words.phone.format(contact.phone)] if contact.phone else []
    if contact.switchboard:
        ways.append(words.switchboard.format(contact.switchboard))
    if contact.hours and ways:
        known, point = hours(contact.hours), "." if language in _WITH_POINT else ":"
        told = contact.hours if language == "sv" or not known else in_words(known, words.days, point)
        ways.append(words.hours.format(told))
        if begins := opens(known, now or datetime.now(SWEDEN)):
            at = clock(begins.hour * 60 + begins.minute, point)
            ways.append(words.closed.format(day=words.days[begins.weekday()], time=at))
    for pattern, way in ((words.email, contact.email), (words.visit, contact.visit), (words.url, contact.url)):
        ways += [pattern.format(way)] if way else []
    return isolated(" ".join(ways), language)


@cache
def _words() -> dict[str, _Words]:
    return TypeAdapter(dict[str, _Words]).validate_python(yaml.safe_load(CONTACT))
