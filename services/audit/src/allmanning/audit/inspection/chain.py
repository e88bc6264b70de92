"""One decision's records in order, with what is left of their content: what every inspection is made from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.audit.log.json_path import at
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.part import StoredPart
from allmanning.audit.log.reading import Placed, Reading
from allmanning.runtime.errors import NotFound
from allmanning.runtime.record import Json

# Kinds of record that end a decision for the one who asked.
ENDS: Final = frozenset({"answer.released", "answer.abstained", "answer.refused", "escalated", "review.opened"})


@dataclass(frozen=True)
class Link:
    """A record: its leaf, the parts that are there by name, and its number in its log."""

    leaf: Leaf
    contents: Mapping[str, Json]
    index: int = 0
    signed: bool = True

    @property
    def kind(self) -> str:
        return self.leaf.kind()

    @property
    def gone(self) -> list[str]:
        """Parts that the leaf committed to and that are no longer there: erased, or not come yet."""
        return sorted(set(self.leaf.parts) - set(self.contents))

    def content(self, name: str) -> str:
        """A part that is a text; empty when it is gone or something else."""
        value = self.contents.get(name)
        return value if isinstance(value, str) else ""

    def field(self, *path: str) -> Json:
        """A field of the leaf by its path; None when it is not there."""
        return at(dict(self.leaf.fields), *path)


@dataclass(frozen=True)
class Chain:
    """The records of one decision, oldest first; never empty."""

    decision: str
    links: tuple[Link, ...]

    def of(self, *kinds: str) -> list[Link]:
        return [each for each in self.links if each.kind in kinds]

    def last(self, *kinds: str) -> Link | None:
        found = self.of(*kinds)
        return found[-1] if found else None

    def said(self, *path: str) -> str:
        """The newest text that any leaf has at this path; empty when none has."""
        return next((text for each in reversed(self.links) if (text := each.leaf.text(*path))), "")

    def content(self, name: str) -> str:
        """The first text that any record keeps under this name; empty when it is gone."""
        return next((text for each in self.links if (text := each.content(name))), "")

    @property
    def told(self) -> str:
        """What the asker was told in the end: a reviewer's text, or the answer as it was released."""
        closed = self.last("review.closed")
        if closed and closed.content("text"):
            return closed.content("text")
        ended = next((each for each in self.of(*ENDS) if each.content("told")), None)
        return ended.content("told") if ended else ""


def chain_of(log: Reading, decision: str, *, content: bool) -> Chain:
    """The chain of a decision; without `content`, no part is opened.

    Raises:
        NotFound: `decision.not_found`.
    """
    placed = log.records(decision)
    if not placed:
        raise no_decision()
    return _chain(log, decision, placed, content=content)


def no_decision() -> NotFound:
    return NotFound(
        "decision.not_found", "Det finns inget beslut med det numret. (There is no decision with that number.)"
    )


def chains_of(log: Reading, decisions: Sequence[str], *, content: bool) -> list[Chain]:
    """The chains of many decisions in their order, without those that have no records."""
    found = log.records_of(decisions)
    return [_chain(log, each, found[each], content=content) for each in decisions if each in found]


def _chain(log: Reading, decision: str, placed: Sequence[Placed], *, content: bool) -> Chain:
    parts = log.parts_of([each.leaf for each in placed]) if content else {}
    return Chain(
        decision,
        tuple(Link(each.leaf, _read(parts.get(each.leaf.id, {})), each.index, each.signed) for each in placed),
    )


def contents_of(log: Reading, leaf: Leaf) -> dict[str, Json]:
    """The parts of a record that are there, by name."""
    return _read(log.parts(leaf))


def _read(parts: Mapping[str, StoredPart]) -> dict[str, Json]:
    return {name: json.loads(part.content) for name, part in parts.items() if part.content}
