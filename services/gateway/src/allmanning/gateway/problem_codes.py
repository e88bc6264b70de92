"""Every code of an error, with its statuses and what it means in both languages.

The table lies in `catalogue/problems/<group>.tsv`: code, statuses, Swedish, English, in order of code. A code that a
service raises and that is not there fails a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

# The table's files, in the order of the page that lists them.
GROUPS: Final = ("calls", "signin", "answers", "search", "documents", "decisions")
PATH: Final = "/api/problems"


@dataclass(frozen=True)
class ProblemCode:
    """One code; `statuses` are the HTTP statuses that it comes with, none for what is told of a source's run."""

    code: str
    group: str
    statuses: tuple[int, ...]
    swedish: str
    english: str

    def title(self, language: str) -> str:
        """What the code means, the same each time (RFC 9457 §3.1.3)."""
        return self.english if language == "en" else self.swedish


@cache
def problem_codes() -> Mapping[str, ProblemCode]:
    """All codes, by code."""
    return {each.code: each for group in GROUPS for each in _group(group)}


def problem_type(code: str) -> str:
    """The `type` of a problem (RFC 9457 §3.1.1): where the page that lists the codes tells of this one."""
    return f"{PATH}#{code}"


def _group(group: str) -> list[ProblemCode]:
    text = (files("allmanning.gateway") / "catalogue" / "problems" / f"{group}.tsv").read_text(encoding="utf-8")
    return [_code(group, *line.split("\t")) for line in text.splitlines()]


def _code(group: str, code: str, statuses: str, swedish: str, english: str) -> ProblemCode:
    return ProblemCode(code, group, tuple(int(each) for each in statuses.split(",") if each), swedish, english)
