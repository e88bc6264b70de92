"""What stands in a file for the case file, whatever its form: sections of facts, of what was said, and of quotes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.audit.log.json_path import objects, text
from allmanning.runtime.record import Json

GONE: Final = "Innehållet finns inte kvar."
_STATES: Final = {"approved": "godkänt", "edited": "ändrat och godkänt", "rejected": "avvisat"}


@dataclass(frozen=True)
class Section:
    """A heading with facts, or with a line and what was said; `quote` is None when its text is gone."""

    heading: str
    rows: Sequence[tuple[str, str]] = ()
    line: str = ""
    quote: str | None = None
    verbatim: str = ""
    """Shown letter by letter."""


def sections(seen: Mapping[str, Json], authority: str, case_number: str) -> Iterator[Section]:
    """Of one decision as it was seen; `case_number` is the authority's own, or empty."""
    about = [
        ("Myndighet", authority),
        ("Diarienummer", case_number or "saknas"),
        ("Öppnat", text(seen, "opened_at")),
        ("Utfall", text(seen, "outcome") or "inte avslutat"),
        ("Modell", text(seen, "model") or "ingen"),
        ("Stycken som åtkomstkontrollen höll undan", str(seen.get("held_back", 0))),
    ]
    yield Section("Om handlingen", about)
    yield Section("Frågan", quote=_said(seen.get("asked")))
    yield Section("Det som lämnades", quote=_said(seen.get("told")))
    yield from _colleague(objects(seen.get("review")))
    for place, each in enumerate(objects(seen.get("passages")), start=1):
        used = "citerat i svaret" if each.get("cited") else "hittat, inte citerat"
        name = text(each, "title") or text(each, "document")
        where = [f"version {text(each, 'version')}"] + ([f"sida {each['page']}"] if each.get("page") else [])
        headings = each.get("headings")
        where += [str(one) for one in headings] if isinstance(headings, list) else []
        line = f"{used}. {', '.join(where)}. {text(each, 'uri')}"
        yield Section(f"Underlag {place}: {name}", line=line, quote=_said(each.get("text")))
    for each in objects(seen.get("gates")):
        rows = [
            ("Skede", text(each, "stage")),
            ("Utfall", text(each, "verdict")),
            ("Lagrum", text(each, "legal_basis")),
            ("Skäl", text(each, "reason") or text(each, "row", "text")),
            ("Regeltabell", text(each, "rules")),
            ("Uppgifter som lästes", json.dumps(each.get("input"), ensure_ascii=False, sort_keys=True)),
        ]
        yield Section(f"Regel {text(each, 'rule')}", rows)
    if prompt := text(seen, "prompt"):
        yield Section("Instruktion till modellen", verbatim=prompt)
    records = [
        (text(each, "time"), f"{text(each, 'kind')}, {text(each, 'id')}") for each in objects(seen.get("records"))
    ]
    yield Section("Poster i beslutsloggen", records)
    if gone := [(text(each, "kind"), text(each, "part")) for each in objects(seen.get("gone"))]:
        yield Section("Innehåll som inte finns kvar", gone)


def _colleague(reviews: Sequence[Mapping[str, Json]]) -> Iterator[Section]:
    """What a caseworker had a colleague look at, and what came of it."""
    for each in reviews:
        match text(each, "kind"):
            case "review.asked":
                line = f"{text(each, 'time')}. {text(each, 'message')}"
                yield Section("Utkast som en kollega ombads läsa", line=line, quote=_said(each.get("draft")))
            case "review.answered":
                rows = [
                    ("Tid", text(each, "time")),
                    ("Utfall", _STATES.get(text(each, "state"), text(each, "state"))),
                    ("Skäl", text(each, "reason")),
                    ("Ny lydelse", text(each, "text")),
                ]
                yield Section("Kollegans svar", [row for row in rows if row[1]])
            case _:
                continue


def _said(value: Json) -> str | None:
    return value if isinstance(value, str) else None
