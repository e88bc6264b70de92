"""What was used, in readable form for the case file (OSL 4 kap. 3 §): one HTML file that needs nothing else.

The same records always give the same bytes, so that whoever has the hash from the log can make the file again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from allmanning.audit.inspection.case_sections import GONE, Section, sections
from allmanning.runtime.record import Json

_STYLE: Final = (
    "body{font:1rem/1.5 serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}"
    "h1,h2{line-height:1.2}table{border-collapse:collapse;width:100%}th,td{border:1px solid #767676;padding:.3rem;"
    "text-align:left;vertical-align:top}blockquote{border-left:.3rem solid #767676;margin:0;padding:0 1rem}"
    "mark{background:#111;color:#fff}.hash{overflow-wrap:anywhere;font-family:monospace}"
    "@media print{body{margin:0;max-width:none}section{break-inside:avoid}}"
)


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
    body = "".join(_html(each) for each in sections(seen, authority, case_number))
    return page(f"Underlag till beslut {seen['decision']}", body)


def _html(section: Section) -> str:
    if section.rows:
        body = _table(section.rows)
    elif section.verbatim:
        body = f"<pre>{escape(section.verbatim)}</pre>"
    else:
        body = (f"<p>{escape(section.line)}</p>" if section.line else "") + _quote(section.quote)
    return f"<section><h2>{escape(section.heading)}</h2>{body}</section>"


def _quote(value: str | None) -> str:
    if value is None:
        return f"<p><em>{GONE}</em></p>"
    paragraphs = "".join(f"<p>{escape(each)}</p>" for each in value.splitlines() if each.strip())
    return f"<blockquote>{paragraphs}</blockquote>"


def _table(rows: Sequence[tuple[str, str]]) -> str:
    cells = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    return f"<table>{cells}</table>"
