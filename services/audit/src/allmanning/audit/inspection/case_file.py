"""What was used, in readable form for the case file (OSL 4 kap. 3 §): one HTML file that needs nothing else.

The same records always give the same bytes, so that whoever has the hash from the log can make the file again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

from allmanning.audit.log.json_path import objects, text
from allmanning.runtime.record import Json

_STYLE: Final = (
    "body{font:1rem/1.5 serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}"
    "h1,h2{line-height:1.2}table{border-collapse:collapse;width:100%}th,td{border:1px solid #767676;padding:.3rem;"
    "text-align:left;vertical-align:top}blockquote{border-left:.3rem solid #767676;margin:0;padding:0 1rem}"
    "mark{background:#111;color:#fff}.hash{overflow-wrap:anywhere;font-family:monospace}"
    "@media print{body{margin:0;max-width:none}section{break-inside:avoid}}"
)
_ERASED: Final = "<em>Innehållet finns inte kvar.</em>"


def page(title: str, body: str) -> bytes:
    """An HTML document that can be read, printed and heard, without scripts and without anything from elsewhere."""
    return (
        f'<!doctype html>\n<html lang="sv"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>{body}</main></body></html>\n"
    ).encode()


def case_file(seen: Mapping[str, Json], authority: str, case_number: str) -> bytes:
    """The page of one decision as it was seen; `case_number` is the authority's own, or empty."""
    return page(f"Underlag till beslut {seen['decision']}", "".join(_sections(seen, authority, case_number)))


def _sections(seen: Mapping[str, Json], authority: str, case_number: str) -> Iterator[str]:
    yield _table(
        "Om handlingen",
        [
            ("Myndighet", authority),
            ("Diarienummer", case_number or "saknas"),
            ("Öppnat", text(seen, "opened_at")),
            ("Utfall", text(seen, "outcome") or "inte avslutat"),
            ("Modell", text(seen, "model") or "ingen"),
            ("Stycken som åtkomstkontrollen höll undan", str(seen.get("held_back", 0))),
        ],
    )
    yield _section("Frågan", _quote(seen.get("asked")))
    yield _section("Det som lämnades", _quote(seen.get("told")))
    for place, each in enumerate(objects(seen.get("passages")), start=1):
        used = "citerat i svaret" if each.get("cited") else "hittat, inte citerat"
        name = text(each, "title") or text(each, "document")
        where = [f"version {text(each, 'version')}"] + ([f"sida {each['page']}"] if each.get("page") else [])
        headings = each.get("headings")
        where += [str(one) for one in headings] if isinstance(headings, list) else []
        body = f"<p>{escape(used)}. {escape(', '.join(where))}. {escape(text(each, 'uri'))}</p>"
        yield _section(f"Underlag {place}: {name}", body + _quote(each.get("text")))
    for each in objects(seen.get("gates")):
        rows = [
            ("Skede", text(each, "stage")),
            ("Utfall", text(each, "verdict")),
            ("Lagrum", text(each, "legal_basis")),
            ("Skäl", text(each, "reason") or text(each, "row", "text")),
            ("Regeltabell", text(each, "rules")),
            ("Uppgifter som lästes", json.dumps(each.get("input"), ensure_ascii=False, sort_keys=True)),
        ]
        yield _table(f"Regel {text(each, 'rule')}", rows)
    if prompt := text(seen, "prompt"):
        yield _section("Instruktion till modellen", f"<pre>{escape(prompt)}</pre>")
    records = [
        (text(each, "time"), f"{text(each, 'kind')}, {text(each, 'id')}") for each in objects(seen.get("records"))
    ]
    yield _table("Poster i beslutsloggen", records)
    if gone := [(text(each, "kind"), text(each, "part")) for each in objects(seen.get("gone"))]:
        yield _table("Innehåll som inte finns kvar", gone)


def _section(heading: str, body: str) -> str:
    return f"<section><h2>{escape(heading)}</h2>{body}</section>"


def _quote(value: Json) -> str:
    if not isinstance(value, str):
        return f"<p>{_ERASED}</p>"
    paragraphs = "".join(f"<p>{escape(each)}</p>" for each in value.splitlines() if each.strip())
    return f"<blockquote>{paragraphs}</blockquote>"


def _table(heading: str, rows: list[tuple[str, str]]) -> str:
    cells = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    return _section(heading, f"<table>{cells}</table>")
