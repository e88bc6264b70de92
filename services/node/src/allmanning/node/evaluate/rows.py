"""Rows of labelled text in a folder: every .jsonl and .json file in it and below."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import digest

Row = TypeVar("Row")


@dataclass
class Rows(Generic[Row]):
    """What could be read, by file, and the names of the files that hold no such rows."""

    by_file: dict[str, list[Row]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @property
    def all(self) -> Sequence[Row]:
        return [row for rows in self.by_file.values() for row in rows]

    @property
    def hash(self) -> str:
        """Of every row as it was read; the same rows have the same."""
        rows = (f"{name}\t{row!r}" for name, found in self.by_file.items() for row in found)
        return digest("\n".join(rows).encode())


def read_rows(folder: Path, row_of: Callable[[Mapping[str, object]], Row | None], what: str) -> Rows[Row]:
    """The rows of a folder that `row_of` knows as its own.

    A .json file may be a list of rows, or an object that holds lists or objects of them.

    Raises:
        InvalidInput: `evaluation.file_missing`, `evaluation.file_unreadable`, `evaluation.malformed` with file and
            line, or `evaluation.empty` when no file has a row; `what` says what a row looks like.
    """
    if not folder.is_dir():
        raise InvalidInput("evaluation.file_missing", f"Mappen {folder} saknas. (The folder is missing.)")
    found = Rows[Row]()
    for path in sorted(each for each in folder.rglob("*") if each.suffix in {".jsonl", ".json"} and each.is_file()):
        name = str(path.relative_to(folder))
        rows = [row for item in _objects(path) if (row := row_of(item)) is not None]
        if rows:
            found.by_file[name] = rows
        else:
            found.left_out.append(name)
    if not found.by_file:
        raise InvalidInput("evaluation.empty", f"{folder} har inga rader med {what}. (There are no such rows.)")
    return found


def _objects(path: Path) -> Iterator[Mapping[str, object]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("evaluation.file_unreadable", f"Filen {path} kan inte läsas: {error}.") from error
    if path.suffix == ".json":
        yield from _within(_parsed(text, str(path)))
        return
    # Not splitlines(): texts may hold U+2028, which JSON leaves as it is.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield from _within(_parsed(line, f"{path}:{number}"))


def _parsed(text: str, place: str) -> object:
    try:
        parsed: object = json.loads(text)
    except ValueError as error:
        raise InvalidInput("evaluation.malformed", f"{place}: inte JSON (not JSON): {error}.") from error
    return parsed


def _within(value: object) -> Iterator[Mapping[str, object]]:
    """The objects in a value that have a text, however deep they lie; a text in a list stands for such an object."""
    if isinstance(value, list):
        for each in value:
            yield from [{"text": each}] if isinstance(each, str) else _within(each)
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value
        else:
            for each in value.values():
                yield from _within(each)
