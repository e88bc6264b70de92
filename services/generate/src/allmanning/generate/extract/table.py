"""A table row in words, each cell after the name of its column, and a small table whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from allmanning.generate.draft import DraftSentence, Quote
from allmanning.generate.extract.candidates import Candidate
from allmanning.generate.extract.terms import terms
from allmanning.generate.extract.wording import held, wording

_LONGEST_TABLE = 700


def row(candidate: Candidate, text: str) -> DraftSentence:
    """The row alone."""
    pairs = _named(candidate, text)
    quotes = tuple(Quote(candidate.passage, *span) for span in (candidate.lead, candidate.span) if span)
    worded = _worded(pairs)
    return DraftSentence(worded if worded.endswith((".", "!")) else f"{worded}.", quotes, pieces=_pieces(pairs))


def table(rows: Sequence[Candidate], text: str) -> DraftSentence:
    """All rows of a table, one a line."""
    named = [_named(each, text) for each in rows]
    first, last = rows[0], rows[-1]
    quote = Quote(first.passage, (first.lead or first.span)[0], last.span[1])
    lines = "\n".join(f"– {_worded(pairs)}" for pairs in named)
    pieces = tuple(dict.fromkeys(piece for pairs in named for piece in _pieces(pairs)))
    return DraftSentence(lines, (quote,), block=True, pieces=pieces)


def rows_beside(
    candidate: Candidate, found: Sequence[Candidate], question: str, wanted: frozenset[str]
) -> list[Candidate]:
    """The rows of its table, in order, where the question fits each of them as well; otherwise none.

    "Vad kostar förskolan?" is answered by the rows of all children, "för barn 2?" by one. None of a long table either.
    """
    rows = [each for each in found if each.kind == "row" and _table(each) == _table(candidate)]
    rows.sort(key=lambda each: each.span)
    if len(rows) < 2 or rows[-1].span[1] - (candidate.lead or candidate.span)[0] > _LONGEST_TABLE:
        return []
    cells = [terms(each.text) for each in rows]
    words = wording(wanted, question, cells)
    holds = [held(words, each) for each in cells]
    mine = holds[rows.index(candidate)]
    return rows if all(mine[term] <= each[term] for each in holds for term in mine) else []


def _table(candidate: Candidate) -> tuple[int, tuple[int, int] | None]:
    return candidate.passage, candidate.lead


def _named(candidate: Candidate, text: str) -> list[tuple[str, str]]:
    names = _cells(text[slice(*candidate.lead)]) if candidate.lead else []
    cells = _cells(text[slice(*candidate.span)])
    return [(name, cell) for name, cell in zip_longest(names, cells, fillvalue="") if cell]


def _worded(pairs: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs)


def _pieces(pairs: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(piece for pair in pairs for piece in pair if piece)


def _cells(line: str) -> list[str]:
    line = line.strip()
    if line.startswith("|") and line.endswith("|"):
        line = line[1:-1]
    return [" ".join(cell.split()) for cell in line.split("|")]
