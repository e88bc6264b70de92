"""A report as one HTML page that can be read aloud, printed and kept: no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from allmanning.audit.verify.report import Report
from allmanning.audit.verify.words import NOT_SHOWN, STATUSES, TITLES, verdict

STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 1.0625rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
caption { text-align: left; font-weight: bold; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid; }
td:last-child { overflow-wrap: anywhere; }
.verdict { font-size: 1.25rem; border-left: .5rem solid; padding: .5rem 1rem; }
.failed, .unchecked { font-weight: bold; }
@media print { body { max-width: none; margin: 0; } tr { break-inside: avoid; } }
"""


def page(report: Report, source: str, now: str) -> str:
    """The whole page. `source` is the name of the file that was checked, `now` when."""
    parts = [
        f"<h1>Kontroll av {escape(source)}</h1>",
        f'<p class="verdict" role="status">{escape(verdict(report))}</p>',
        f"<p>Myndighet: {escape(report.authority) or 'okänd'}. Kontrollerat {escape(now)}.</p>",
        f"<p>Poster: {report.records}. Beslut: {report.decisions}.</p>",
        table("Kontroller", ("Kontroll", "Utfall", "Vad som kontrollerades"), _checks(report)),
    ]
    if report.erasures:
        rows = [
            (each.what, each.ground, each.decided_on, each.horizon or "–", str(each.parts)) for each in report.erasures
        ]
        head = ("Vad", "Grund", "Beslutat", "Borta ur säkerhetskopior", "Poster i utdraget")
        parts.append(table("Gallrat innehåll", head, [("", row) for row in rows]))
    parts += ["<h2>Vad kontrollen visar och inte visar</h2>", f"<p>{escape(NOT_SHOWN)}</p>"]
    return document(f"Kontroll av {source}", "\n".join(parts))


def document(title: str, body: str) -> str:
    """A Swedish page around a body."""
    return (
        '<!doctype html>\n<html lang="sv"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    )


def _checks(report: Report) -> Iterator[tuple[str, tuple[str, ...]]]:
    for each in report.checks:
        yield each.status, (TITLES.get(each.name, each.name), STATUSES[each.status], each.detail)


def table(caption: str, head: Sequence[str], rows: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    top = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    lines = []
    for kind, (first, *rest) in rows:
        cells = "".join(f"<td>{escape(each)}</td>" for each in rest)
        lines.append(f'<tr class="{escape(kind)}"><th scope="row">{escape(first)}</th>{cells}</tr>')
    body = f"<thead><tr>{top}</tr></thead><tbody>{''.join(lines)}</tbody>"
    return f"<table><caption>{escape(caption)}</caption>{body}</table>"
