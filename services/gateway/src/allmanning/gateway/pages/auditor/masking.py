"""Masks as a form has them: those that were proposed, kept or not, and words that a person adds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.contracts.audit.v1.inspection_pb import DisclosureMask
from allmanning.gateway.pages.auditor.reports import Report, number_in, rows_of, text_in
from allmanning.runtime.errors import InvalidInput

_AROUND: Final = 40


@dataclass(frozen=True)
class Proposal:
    """A proposed mask and the words around it; `name` is its field in the form."""

    name: str
    before: str
    words: str
    after: str
    provision: str


@dataclass(frozen=True)
class Proposed:
    """A text of the decision, and what is proposed to be masked in it."""

    kind: str
    part: str
    text: str
    masks: Sequence[Proposal]


def proposals(report: Report) -> list[Proposed]:
    """Every text with its proposals."""
    return [
        Proposed(
            text_in(each, "kind"),
            text_in(each, "part"),
            text_in(each, "text"),
            [
                _proposal(f"mask-{at}-{number}", text_in(each, "text"), mask)
                for number, mask in enumerate(rows_of(each, "masks"))
            ],
        )
        for at, each in enumerate(rows_of(report, "texts"))
    ]


def _proposal(name: str, text: str, mask: Report) -> Proposal:
    start, end = number_in(mask, "start"), number_in(mask, "end")
    return Proposal(
        name,
        text[max(0, start - _AROUND) : start],
        text[start:end],
        text[end : end + _AROUND],
        text_in(mask, "provision"),
    )


def chosen_masks(report: Report, given: Sequence[tuple[str, str]]) -> list[DisclosureMask]:
    """What the form masks: each proposal that is still chosen, by the provision written beside it, and every place
    where the added words stand.

    Raises:
        InvalidInput: `disclosure.mask`, for words that stand nowhere, or without a provision.
    """
    said = dict(given)
    masks = [
        _mask(text_in(mask, "record"), text_in(mask, "part"), number_in(mask, "start"), number_in(mask, "end"), law)
        for at, each in enumerate(rows_of(report, "texts"))
        for number, mask in enumerate(rows_of(each, "masks"))
        if f"mask-{at}-{number}" in said and (law := said.get(f"law-mask-{at}-{number}", ""))
    ]
    law = said.get("added_law", "")
    for words in said.get("added", "").splitlines():
        if words.strip():
            masks += _everywhere(report, words.strip(), law)
    return masks


def _everywhere(report: Report, words: str, law: str) -> list[DisclosureMask]:
    found = [
        _mask(text_in(each, "record"), text_in(each, "part"), start, start + len(words), law)
        for each in rows_of(report, "texts")
        for start in _places(text_in(each, "text"), words)
    ]
    if not found:
        raise InvalidInput(
            "disclosure.mask",
            f"”{words}” står inte i någon av texterna. (The words “{words}” are in none of the texts.)",
        )
    return found


def _places(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _mask(record: str, part: str, start: int, end: int, law: str) -> DisclosureMask:
    return DisclosureMask(record=record, part=part, start=start, end=end, provision=law.strip())
