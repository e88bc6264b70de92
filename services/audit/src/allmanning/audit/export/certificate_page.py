"""A certificate as a page to read, print and file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from typing import Final

from allmanning.audit.verify.html import document, table
from allmanning.audit.verify.report import Status
from allmanning.audit.verify.words import STATUSES, TITLES
from allmanning.runtime.record import Json

_COUNTS: Final = MappingProxyType(
    {
        "records": "Poster i loggen",
        "decisions": "Beslut och åtgärder",
        "questions": "Frågor som kom in",
        "questions_ended": "Frågor med avslut",
        "questions_open": "Frågor utan avslut",
        "measured_questions": "Varav frågor för att mäta svaren",
        "ended_unasked": "Avslut utan fråga i perioden",
        "drafts": "Utkast",
        "releases": "Utlämnade svar",
        "measured_releases": "Varav svar som mättes",
        "released_undrafted": "Utlämnade svar utan utkast i perioden",
        "held": "Till granskning",
        "measured_held": "Varav i mätningar, som ingen granskar",
        "reviewed": "Granskade",
        "evaluations": "Regelprövningar",
        "corrections": "Rättelser",
    }
)


def certificate_page(data: bytes) -> str:
    """The page of a certificate that this program made."""
    told: Mapping[str, Json] = json.loads(data)["certificate"]
    period = f"{told['from'] or 'loggens början'} till {told['to'] or told['made']}"
    counts, producers, stream = _object(told["counts"]), _object(told["producers"]), _object(told["stream"])
    checks = [_object(each) for each in _list(told["checks"])]
    statuses = {str(status): text for status, text in STATUSES.items()}
    wrong = [each for each in checks if each["status"] not in _HELD]
    verdict = "Inga fel hittades." if not wrong and not stream["waiting"] else "Fel hittades; se nedan."
    body = [
        "<h1>Intyg om att inget saknas i beslutsloggen</h1>",
        f'<p class="verdict">{escape(verdict)}</p>',
        f"<p>Myndighet: {escape(str(told['authority']))}. Period: {escape(period)}.</p>",
        f"<p>Gjort {escape(str(told['made']))}.</p>",
        table(
            "Vad som räknades",
            ("Vad", "Antal"),
            [
                ("", (text, str(counts[name])))
                for name, text in _COUNTS.items()
                if counts["measured_questions"] or not name.startswith("measured_")
            ],
        ),
        table(
            "Kontroller",
            ("Kontroll", "Utfall", "Vad som kontrollerades"),
            [
                (
                    str(each["status"]),
                    (TITLES.get(str(each["name"]), ""), statuses[str(each["status"])], str(each["detail"])),
                )
                for each in checks
            ],
        ),
        table("Loggar", ("Logg", "Från post", "Till post", "Kontrollpunkt med underskrifter"), _logs(told)),
        table(
            "Producenternas numrering",
            ("Producent", "Första", "Sista"),
            [("", (name, *(str(each) for each in _list(span)))) for name, span in producers.items()],
        ),
        f"<p>Strömmen är intagen till och med meddelande {stream['taken_in']}; {stream['waiting']} väntar.</p>",
    ]
    if erasures := [_object(each) for each in _list(told["erasures"])]:
        names = ("what", "ground", "decided_on", "horizon")
        rows = [("", tuple(str(each[name]) for name in names)) for each in erasures]
        body.append(table("Gallrat innehåll", ("Vad", "Grund", "Beslutat", "Borta ur säkerhetskopior"), rows))
    body += [
        "<h2>Vad intyget inte visar</h2>",
        f"<p>{escape(str(told['not_shown']))}</p>",
        "<h2>Kontrollera intyget</h2>",
        "<p>Spara JSON-filen och kör <code>allmanning log verify intyg.json</code>.</p>",
        "<p>Ett utdrag för perioden ger siffrorna igen:</p>",
        "<p><code>allmanning log verify utdrag.zip --certificate intyg.json</code></p>",
    ]
    return document("Intyg om att inget saknas i beslutsloggen", "\n".join(body))


_HELD: Final[tuple[Status, ...]] = ("ok", "untried")


def _logs(told: Mapping[str, Json]) -> list[tuple[str, tuple[str, ...]]]:
    rows: list[tuple[str, tuple[str, ...]]] = []
    for each in _list(told["logs"]):
        log = _object(each)
        note = str(log["checkpoint"])
        start, end = _object(log["start"])["size"], _object(log["end"])["size"]
        rows.append(("", (note.partition("\n")[0], str(start), str(end), note)))
    return rows


def _object(value: Json) -> Mapping[str, Json]:
    assert isinstance(value, dict)  # noqa: S101 -- the form is this program's own
    return value


def _list(value: Json) -> list[Json]:
    assert isinstance(value, list)  # noqa: S101 -- as above
    return value
