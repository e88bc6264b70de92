"""Tables as text: CSV and TSV."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from typing import Final

from allmanning.ingest.read.document import Extract, assemble
from allmanning.ingest.read.hidden import Hidden
from allmanning.ingest.read.length import Allowance
from allmanning.ingest.read.media_type import TSV
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.plain.encoding import decode
from allmanning.ingest.read.plain.text import extract_of_text
from allmanning.ingest.read.spreadsheet.sheet import sheet_blocks

# Semicolon first: Swedish spreadsheets write it, since the comma is their decimal sign.
_DELIMITERS: Final = ";\t,|"
_JUDGED_LINES: Final = 200
_SEPARATOR_LINE: Final = "sep="


def read_delimited(original: Original) -> Extract:
    """Read CSV or TSV in any usual encoding and dialect. A file without columns is read as text."""
    text = decode(original.data)
    delimiter = ""
    if text[: len(_SEPARATOR_LINE)].lower() == _SEPARATOR_LINE:
        # Excel's own way to tell the delimiter.
        first, _, text = text.partition("\n")
        delimiter = first[len(_SEPARATOR_LINE) :][:1]
    delimiter = delimiter or delimiter_of(text, preferred="\t" if original.media_type == TSV else "")
    if not delimiter:
        return extract_of_text(text) if _is_prose(text) else _table([line] for line in text.split("\n"))
    return _table(_rows(text, delimiter))


def delimiter_of(text: str, preferred: str = "") -> str:
    """The character that divides the most lines into equally many cells; empty when none does."""
    best, best_score = "", 0.0
    for delimiter in dict.fromkeys(preferred + _DELIMITERS):
        widths = Counter(len(row) for row in _some_rows(text, delimiter) if any(row))
        divided = sum(count for width, count in widths.items() if width > 1)
        if not divided:
            continue
        # How many lines agree on a width, then how many are divided at all.
        agreeing = max(count for width, count in widths.items() if width > 1)
        score = agreeing / widths.total() + divided / widths.total() / 10
        if delimiter == preferred:
            score += 1
        if score > best_score:
            best, best_score = delimiter, score
    return best if best_score > 0.5 else ""


def _some_rows(text: str, delimiter: str) -> list[list[str]]:
    lines = text[:100_000].split("\n", _JUDGED_LINES)[:_JUDGED_LINES]
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(10_000_000)
    allowance = Allowance()
    for row in csv.reader(text.replace("\0", "").splitlines(keepends=True), delimiter=delimiter, skipinitialspace=True):
        allowance.take_row(len(row), sum(map(len, row)))
        yield row


def _table(rows: Iterator[list[str]]) -> Extract:
    hidden = Hidden()
    blocks = list(sheet_blocks("", rows, hidden))
    return assemble(blocks, findings=hidden.findings())


def _is_prose(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip()]
    return sum(map(len, lines)) > 80 * len(lines)
