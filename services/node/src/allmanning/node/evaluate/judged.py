"""A set of questions with marked passages, as three files in a folder.

queries.jsonl   {"id": …, "text": …}              one a line; other fields are ignored
corpus.jsonl    {"id": …, "title": …, "text": …}  title may be empty or missing
qrels.tsv       query id, corpus id, grade        tab-separated, 0 = not relevant; one header line is allowed
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from allmanning.runtime.errors import InvalidInput

QRELS_HEADER = "query-id"


@dataclass(frozen=True, slots=True)
class Entry:
    """A text that can be found."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Questions, what can be found, and for each question id the grade (1 and up) of each relevant entry."""

    queries: dict[str, str]
    corpus: dict[str, Entry]
    grades: dict[str, dict[str, int]]


def read_judged_set(folder: Path) -> JudgedSet:
    """Raises `InvalidInput` with file and line for what is missing or malformed."""
    queries: dict[str, str] = {}
    for place, row in _objects(folder / "queries.jsonl"):
        name, text = _field(row, "id", place), _field(row, "text", place)
        _unique(name, queries, place)
        queries[name] = text
    corpus: dict[str, Entry] = {}
    for place, row in _objects(folder / "corpus.jsonl"):
        title = _field(row, "title", place) if row.get("title") else ""
        entry = Entry(_field(row, "id", place), title, _field(row, "text", place))
        _unique(entry.id, corpus, place)
        corpus[entry.id] = entry
    grades: dict[str, dict[str, int]] = {}
    for place, query, found, grade in _judgements(folder / "qrels.tsv"):
        for name, known in ((query, queries), (found, corpus)):
            if name not in known:
                raise _malformed(place, f"{name!r} finns inte i mängden (is not in the set)")
        if grade > 0:
            grades.setdefault(query, {})[found] = grade
    if not grades:
        raise InvalidInput("evaluation.empty", f"{folder} har ingen fråga med ett relevant svar. (Nothing is marked.)")
    return JudgedSet(queries, corpus, grades)


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Each line that is not empty, with its place."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InvalidInput("evaluation.file_missing", f"Filen {path} saknas. (The file is missing.)") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("evaluation.file_unreadable", f"Filen {path} kan inte läsas: {error}.") from None
    # Not splitlines(): texts may hold U+2028, which JSON leaves as it is.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield f"{path}:{number}", line.rstrip("\r")


def _objects(path: Path) -> Iterator[tuple[str, dict[str, object]]]:
    for place, line in _lines(path):
        try:
            row: object = json.loads(line)
        except ValueError as error:
            raise _malformed(place, f"inte JSON (not JSON): {error}") from None
        if not isinstance(row, dict):
            raise _malformed(place, "inte ett objekt (not an object)")
        yield place, row


def _judgements(path: Path) -> Iterator[tuple[str, str, str, int]]:
    for index, (place, line) in enumerate(_lines(path)):
        cells = [cell.strip() for cell in line.split("\t")]
        if index == 0 and cells[0] == QRELS_HEADER:
            continue
        if len(cells) != 3:
            raise _malformed(place, f"{len(cells)} kolumner, inte 3 (columns, not 3)")
        try:
            grade = int(cells[2])
        except ValueError:
            raise _malformed(place, f"{cells[2]!r} är inte ett heltal (is not a whole number)") from None
        yield place, cells[0], cells[1], grade


def _field(row: dict[str, object], name: str, place: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _malformed(place, f"fältet {name!r} saknas eller är inte text (is missing or not text)")
    return value


def _unique(name: str, known: dict[str, str] | dict[str, Entry], place: str) -> None:
    if name in known:
        raise _malformed(place, f"{name!r} finns redan (is there twice)")


def _malformed(place: str, what: str) -> InvalidInput:
    return InvalidInput("evaluation.malformed", f"{place}: {what}.")
