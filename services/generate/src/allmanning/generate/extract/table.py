"""A table in words: the row that is asked for, with the names of its columns, or several rows a line each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.generate.draft import DraftSentence, Quote
from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.candidates import Candidate
from allmanning.generate.extract.columns import asked_first, in_season
from allmanning.generate.extract.ranges import covers, is_place, numbers
from allmanning.generate.extract.terms import terms
from allmanning.generate.extract.wording import OFFICIAL, held, wording

_LONGEST_TABLE: Final = 700
# A label that begins with a figure says nothing without the name of its column.
_TELLING: Final = re.compile(r"(?!\d).*[^\W\d_]{3}")
_NOTHING: Final = ("–", "-", "—")
_CAPITALISED: Final = re.compile(r"[^\W\d_][a-zåäöéü ]")


@dataclass(frozen=True)
class _Shown:
    """A row as it is said, and what of it stands word for word in the table."""

    words: str
    pieces: tuple[str, ...]


def table(rows: Sequence[Candidate], text: str, asked: Asked) -> DraftSentence:
    """These rows of one table; of several, one a line."""
    shown = _shown(rows, text, asked)
    lead = rows[0].lead
    quotes = tuple(Quote(rows[0].passage, *span) for span in _runs([*([lead] if lead else []), *_spans(rows)], text))
    if len(rows) == 1:
        words = shown[0].words
        return DraftSentence(words if words.endswith((".", "!")) else f"{words}.", quotes, pieces=shown[0].pieces)
    pieces = tuple(dict.fromkeys(piece for each in shown for piece in each.pieces))
    return DraftSentence("\n".join(f"– {each.words}" for each in shown), quotes, block=True, pieces=pieces)


def rows_beside(candidate: Candidate, found: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """The rows of its table that the question fits best, in order; none where only the row itself can be meant.

    "Vad kostar förskolan?" is answered by the rows of all children, "för barn 2?" by one, whichever row was found. None
    of what is long together either.
    """
    rows = [each for each in found if each.kind == "row" and _table(each) == _table(candidate)]
    rows.sort(key=lambda each: each.span)
    named = _named(rows, asked)
    if named:
        return named if _length(named) <= _LONGEST_TABLE and named != [candidate] else []
    if len(rows) < 2 or _length(rows) > _LONGEST_TABLE:
        return []
    cells = [terms(each.text) for each in rows]
    words = wording(asked.terms | asked.frame, asked.text, cells)
    holds = [held(words, each) for each in cells]
    mine = holds[rows.index(candidate)]
    return rows if all(mine[term] <= each[term] for each in holds for term in mine) else []


def _named(rows: Sequence[Candidate], asked: Asked) -> list[Candidate]:
    """Those that have most words of the question, or cover most of its numbers; none where all do alike."""
    cells = [terms(each.text) for each in rows]
    words = wording(asked.terms, asked.text, cells)
    counted = numbers(asked.text)

    def fits(row: Candidate) -> int:
        column, label = _label(row)
        covered = sum(covers(label, column, number, unit) for number, unit in counted)
        placed = {str(number) for number, unit in counted if is_place(label, number, unit)}
        has = held(words, terms(row.text) - placed)
        return covered + sum(each >= OFFICIAL for each in has.values())

    fit = [fits(each) for each in rows]
    best = max(fit, default=0)
    return [row for row, each in zip(rows, fit, strict=True) if each == best] if min(fit, default=0) < best else []


def _label(row: Candidate) -> tuple[str, str]:
    header = row.said.removesuffix(row.text)
    return _cells(header)[0], _cells(row.text)[0]


def _shown(rows: Sequence[Candidate], text: str, asked: Asked) -> list[_Shown]:
    lead = rows[0].lead
    names = _cells(text[slice(*lead)]) if lead else []
    cells = [_cells(text[slice(*each.span)]) for each in rows]
    width = max(len(names), *map(len, cells))
    names = [*names, *[""] * (width - len(names))]
    cells = [[*each, *[""] * (width - len(each))] for each in cells]
    columns = asked_first(in_season(range(1, width), names, asked.text), names, cells, asked)
    return [_row(names, each, columns, alone=len(rows) == 1) for each in cells]


def _row(names: Sequence[str], cells: Sequence[str], columns: Sequence[int], *, alone: bool) -> _Shown:
    filled = [each for each in columns if cells[each] and not (alone and cells[each] in _NOTHING)]
    named = [f"{_lower(names[each])}: {cells[each]}" if names[each] else cells[each] for each in filled]
    told = (", " if alone and not any(", " in each for each in named) else "; ").join(named)
    pieces = [piece for each in filled for piece in (names[each], cells[each])]
    if not cells[0]:
        return _Shown(told, tuple(filter(None, pieces)))
    telling = not names[0] or _TELLING.match(cells[0])
    label = cells[0] if telling else f"{names[0]}: {cells[0]}"
    pieces = [*([] if telling else [names[0]]), cells[0], *pieces]
    return _Shown(f"{label} – {told}" if told else label, tuple(filter(None, pieces)))


def _lower(name: str) -> str:
    """As it stands within a sentence; "LSS" and "A4" stay."""
    return name[0].lower() + name[1:] if _CAPITALISED.match(name) else name


def _runs(spans: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Spans with nothing between them as one."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip(" \n\r\t|:-="):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _spans(rows: Sequence[Candidate]) -> list[tuple[int, int]]:
    return [each.span for each in rows]


def _length(rows: Sequence[Candidate]) -> int:
    return sum(end - start for start, end in _spans(rows))


def _table(candidate: Candidate) -> tuple[int, tuple[int, int] | None]:
    return candidate.passage, candidate.lead


def _cells(line: str) -> list[str]:
    line = line.strip()
    if line.startswith("|") and line.endswith("|"):
        line = line[1:-1]
    return [" ".join(cell.split()) for cell in line.split("|")]
