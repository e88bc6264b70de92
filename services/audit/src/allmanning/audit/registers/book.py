"""What the log says of an authority's registers: the band declared, alarms, texts written and what was published.

All of it stands under one name in the log, so that it is read in one look and in order.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.reading import Reading
from allmanning.audit.registers.band import Band, Outside
from allmanning.runtime.record import Json

# Where a decision's id stands in the records of decisions.
BOOK: Final = "registers"
DECLARED: Final = "use.declared"
OUTSIDE: Final = "use.outside_band"
WRITTEN: Final = "register.written"
PUBLISHED: Final = "register.published"


class Declared(NamedTuple):
    """A band, the record that declared it, and when."""

    record: str
    at: str
    band: Band


class Alarm(NamedTuple):
    """Use outside a band, the record that says so, and when."""

    record: str
    at: str
    band: str
    outside: Outside


class Publication(NamedTuple):
    """A register as it was published: `card` and `document` are hashes."""

    record: str
    at: str
    register: str
    card: str
    document: str


@dataclass
class Book:
    """The newest band and texts, every alarm and every publication, oldest first."""

    declared: Declared | None = None
    alarms: list[Alarm] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    texts_record: str = ""
    publications: list[Publication] = field(default_factory=list)

    def published(self, register: str) -> Publication | None:
        """The newest publication of a register."""
        return next((each for each in reversed(self.publications) if each.register == register), None)

    def raised(self, band: str, outside: Outside) -> bool:
        """Whether there is an alarm on this already: one a month and measure, and for names one each."""
        named = outside.measure in ("groups", "channels", "languages")
        return any(
            alarm.band == band
            and alarm.outside.month == outside.month
            and alarm.outside.measure == outside.measure
            and (not named or alarm.outside.value == outside.value)
            for alarm in self.alarms
        )


def book_of(log: Reading) -> Book:
    """Read it; texts that were erased are empty."""
    book = Book()
    for placed in log.records(BOOK):
        leaf = placed.leaf
        if leaf.kind() == DECLARED:
            book.declared = Declared(leaf.id, leaf.time, Band.from_json(leaf.fields.get("declared")))
        elif leaf.kind() == OUTSIDE:
            outside = Outside(*(leaf.text("outside", name) for name in Outside._fields))
            if not book.raised(leaf.text("band"), outside):
                book.alarms.append(Alarm(leaf.id, leaf.time, leaf.text("band"), outside))
        elif leaf.kind() == WRITTEN:
            book.texts, book.texts_record = _texts(log, leaf), leaf.id
        elif leaf.kind() == PUBLISHED:
            said = (leaf.text(name) for name in ("register", "card", "document"))
            book.publications.append(Publication(leaf.id, leaf.time, *said))
    return book


def _texts(log: Reading, leaf: Leaf) -> dict[str, str]:
    part = log.parts(leaf).get("texts")
    value: Json = json.loads(part.content) if part else None
    if not isinstance(value, dict):
        return {}
    return {key: text for key, text in value.items() if isinstance(text, str)}
