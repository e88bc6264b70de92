"""JSON and JSON Lines: documents inside records, and records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from allmanning.ingest.read.document import Block, Extract, Kind, assemble, clean, table_block
from allmanning.ingest.read.finding import Finding
from allmanning.ingest.read.length import Allowance
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.plain.encoding import decode
from allmanning.ingest.read.plain.text import text_blocks
from allmanning.ingest.read.web.html import read_markup
from allmanning.runtime.errors import Unprocessable

Value = Mapping[str, "Value"] | Sequence["Value"] | str | int | float | bool | None

_MARKUP: Final = re.compile(r"<(?:p|div|html|body|table|ul|ol|h[1-6]|br|span)\b[^>]*>", re.IGNORECASE)
_VALUE: Final = re.compile(r"\s*\S")
_TITLES: Final = ("titel", "title", "rubrik", "headline", "name", "namn", "subject", "ämne")
# Riksdagens öppna data give a document as a page and as text: the page has its headings and tables.
_WHOLE_PAGE: Final = ("html", "body_html", "content_html")
_SAME_AS_TEXT: Final = ("text", "body", "content", "plain")
# What only machines read.
_NOT_WORDS: Final = re.compile(
    r"(?:[a-z]+://\S+|\{?[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,}){0,4}\}?|data:[^,]{0,60},\S*|\S*/\S*/\S*)"
)
_NOT_FOR_PEOPLE: Final = re.compile(
    r"(?:.*_)?(?:id|guid|uuid|url|uri|hash|systemdatum)|.*url|.*sourceid", re.IGNORECASE
)
_WIDEST_TABLE: Final = 30
_LONGEST_CELL: Final = 300
_DEEPEST: Final = 60


def read_json(original: Original) -> Extract:
    """Read JSON: a page in it as a page, equal flat records as a table, other values each under its name.

    Raises:
        Unprocessable: `file.unreadable` when it is no JSON, `document.too_long`.
    """
    value = _parsed(decode(original.data))
    reading = _Reading()
    blocks = list(reading.blocks(value, 0))
    return assemble(blocks, title=_title(value), findings=reading.findings)


def _parsed(text: str) -> Value:
    """The value, or a list of them when several follow each other, one a line or not."""
    decoder = json.JSONDecoder()
    found: list[Value] = []
    at = 0
    try:
        while start := _VALUE.match(text, at):
            value, at = decoder.raw_decode(text, start.end() - 1)
            found.append(value)
    except RecursionError as error:
        raise _unreadable("den är för djupt kapslad") from error
    except json.JSONDecodeError as error:
        raise _unreadable(f"rad {error.lineno} är inte giltig") from error
    return found[0] if len(found) == 1 else found


def _unreadable(why: str) -> Unprocessable:
    return Unprocessable(
        "file.unreadable", f"Filen är inte JSON som går att läsa: {why}. (The file is not JSON that can be read.)"
    )


def _title(value: Value, depth: int = 0) -> str:
    """The title that the outermost record gives; Riksdagen's is two levels down."""
    if not isinstance(value, Mapping) or depth > 3:
        return ""
    for name in _TITLES:
        said = value.get(name)
        if isinstance(said, str) and said.strip():
            return said
    inner = [each for each in value.values() if isinstance(each, Mapping)]
    return next((title for title in (_title(each, depth + 1) for each in inner) if title), "")


class _Reading:
    def __init__(self) -> None:
        self._allowance = Allowance()
        self.findings: list[Finding] = []

    def blocks(self, value: Value, depth: int, name: str = "") -> Iterator[Block]:
        if depth > _DEEPEST:
            raise _unreadable("den är för djupt kapslad")
        if isinstance(value, Mapping):
            yield from self._record(value, depth)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from self._list(value, depth)
        elif (text := written(value)) and not _is_for_machines(name, text):
            self._allowance.take(len(text))
            yield from self._text(text, name)

    def _record(self, record: Mapping[str, Value], depth: int) -> Iterator[Block]:
        title = next((name for name in _TITLES if isinstance(record.get(name), str) and record[name]), "")
        if title:
            yield Block(Kind.HEADING, written(record[title]), level=min(6, max(1, depth)))
        page = next((name for name in _WHOLE_PAGE if isinstance(record.get(name), str) and record[name]), "")
        rest = {
            name: value
            for name, value in record.items()
            if name != title and not (page and name in _SAME_AS_TEXT and isinstance(value, str))
        }
        short = {name: written(value) for name, value in rest.items() if _is_short(name, value)}
        if len(short) > 1:
            # One line about the record, instead of as many as it has fields.
            text = "; ".join(f"{_label(name)}: {value}" for name, value in short.items() if value)
            self._allowance.take(len(text))
            yield Block(Kind.PARAGRAPH, text)
        for name, value in rest.items():
            if len(short) < 2 or name not in short:
                yield from self.blocks(value, depth + 1, name)

    def _list(self, values: Sequence[Value], depth: int) -> Iterator[Block]:
        if all(map(_is_flat, values)) and len(values) > 1:
            names = list(dict.fromkeys(name for record in values if isinstance(record, Mapping) for name in record))
            if 1 < len(names) <= _WIDEST_TABLE:
                rows = [
                    [written(record.get(name)) for name in names] for record in values if isinstance(record, Mapping)
                ]
                for row in rows:
                    self._allowance.take_row(len(row), sum(map(len, row)))
                table = table_block([names, *rows])
                if table:
                    yield table
                return
        scalars = [written(value) for value in values if not isinstance(value, (Mapping, list))]
        if len(scalars) == len(values):
            for text in scalars:
                self._allowance.take(len(text))
                yield Block(Kind.LIST_ITEM, f"- {text}" if text else "")
            return
        for value in values:
            yield from self.blocks(value, depth)

    def _text(self, text: str, name: str) -> Iterator[Block]:
        if _MARKUP.search(text):
            blocks, hidden = read_markup(text)
            self.findings += hidden
            yield from blocks
        elif "\n" in text.strip():
            yield from (
                Block(block.kind, block.text, max(2, block.level) if block.kind is Kind.HEADING else 0)
                for block in text_blocks(text)
            )
        else:
            label = _label(name)
            yield Block(Kind.PARAGRAPH, f"{label}: {text}" if label and len(text) <= _LONGEST_CELL else text)


def _is_short(name: str, value: Value) -> bool:
    """Whether a field fits in a line with others: a word or two for people."""
    text = written(value)
    if isinstance(value, (Mapping, list)) or len(text) > _LONGEST_CELL or "\n" in text or _MARKUP.search(text):
        return False
    return not _is_for_machines(name, text)


def _is_for_machines(name: str, text: str) -> bool:
    return _NOT_FOR_PEOPLE.fullmatch(name) is not None or _NOT_WORDS.fullmatch(text.strip()) is not None


def _label(name: str) -> str:
    return clean(name.replace("_", " "))


def _is_flat(value: Value) -> bool:
    """Whether it is a record that fits in a row."""
    return isinstance(value, Mapping) and all(
        not isinstance(each, (Mapping, list))
        and len(written(each)) <= _LONGEST_CELL
        and not _MARKUP.search(written(each))
        for each in value.values()
    )


def written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else ""
