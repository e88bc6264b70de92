"""A register's document as HTML for people, JSON for programs, and CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Final, NamedTuple

from allmanning.audit.log.json_path import objects, text
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json, canonical

# What a spreadsheet would take for a formula (OWASP: CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}"
    "body{color:#111;background:#fff}"
    "dt{font-weight:600;margin-top:1rem}dd{margin:0;white-space:pre-line}"
    "mark{background:#fff3bf;color:#111;padding:0 .2em}"
)
MARK: Final = "[SKRIV HÄR:"


class Rendered(NamedTuple):
    """A document's bytes, and what it says of itself over HTTP."""

    data: bytes
    media_type: str
    suffix: str


def rendered(document: Mapping[str, Json], format: str) -> Rendered:
    """The document as `html`, `json` or `csv`.

    Raises:
        InvalidInput: `register.format`.
    """
    if format not in _RENDERERS:
        raise InvalidInput("register.format", f"Välj format: {', '.join(_RENDERERS)}.")
    return _RENDERERS[format](document)


def _json(document: Mapping[str, Json]) -> Rendered:
    return Rendered(canonical(document), "application/json", "json")


def _csv(document: Mapping[str, Json]) -> Rendered:
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(["number", "section", "name", "value"])
    for title, fields in _sections(document):
        for each in fields:
            row = (text(each, "number"), title, text(each, "name"), text(each, "text"))
            rows.writerow([f"'{value}" if value.startswith(_FORMULA) else value for value in row])
    # A byte order mark is what makes spreadsheets read å, ä and ö right.
    return Rendered(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", "csv")


def _html(document: Mapping[str, Json]) -> Rendered:
    authority = document.get("authority")
    known: Mapping[str, Json] = authority if isinstance(authority, dict) else {}
    name, title = text(known, "name") or text(known, "id"), escape(text(document, "title"))
    made = f"{name} · {text(document, 'standard')} · {text(document, 'made_at')[:10]}"
    body = [f"<h1>{title}</h1>", f"<p>{escape(made)}</p>"]
    for heading, fields in _sections(document):
        body.append(f"<h2>{escape(heading)}</h2>\n<dl>")
        for each in fields:
            label = f"{text(each, 'number')} {text(each, 'name')}".strip()
            body.append(f"<dt>{escape(label)}</dt>\n<dd>{_marked(escape(text(each, 'text')))}</dd>")
        body.append("</dl>")
    body.append(f"<p>Systemkort: <code>{escape(text(document, 'card'))}</code></p>")
    page = (
        '<!doctype html>\n<html lang="sv"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body><main>\n"
        + "\n".join(body)
        + "\n</main></body></html>\n"
    )
    return Rendered(page.encode(), "text/html; charset=utf-8", "html")


def _marked(text: str) -> str:
    """The place where a person must write stands out; `text` is escaped already."""
    before, found, after = text.partition(MARK)
    return f"{before}<mark>{found}{after}</mark>" if found else text


def _sections(document: Mapping[str, Json]) -> Iterator[tuple[str, list[Mapping[str, Json]]]]:
    for section in objects(document.get("sections")):
        yield text(section, "title"), objects(section.get("fields"))


_RENDERERS: Final[Mapping[str, Callable[[Mapping[str, Json]], Rendered]]] = {"html": _html, "json": _json, "csv": _csv}
