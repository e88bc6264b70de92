"""`/log/use`: the use that the authority expects, the use that there is, and each time they parted.

AI Act art. 27.1 b-c: how often and for whom, said before the first use; 27.2: said anew when it no longer holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from allmanning.gateway.api import declared_use, deployments, registers
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.decisions import Decisions
from allmanning.gateway.language import marked
from allmanning.gateway.pages.auditor.chart import chart
from allmanning.gateway.pages.auditor.reports import Report, counts_in, object_in, report_of
from allmanning.gateway.pages.auditor.spreadsheet import csv_response
from allmanning.gateway.pages.auditor.words import CHANNELS, ROLES
from allmanning.gateway.pages.form_page import REFUSALS, form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.pdf.making import pdf_page
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.swedish_day import today

router = APIRouter(prefix="/log/use")

# Where the log keeps what is declared and what is published.
_BOOK: Final = "registers"
_DECLARED: Final = "use.declared"
MEASURES: Final = {
    "least_a_month": marked("För få beslut på en månad"),
    "most_a_month": marked("För många beslut på en månad"),
    "most_automated": marked("För stor andel utan människa"),
    "groups": marked("En grupp som inte väntades"),
    "channels": marked("En kanal som inte väntades"),
    "languages": marked("Ett språk som inte väntades"),
}


class Given(BaseModel):
    """The form, as it is written in."""

    least: str = ""
    most: str = ""
    automated: str = ""
    groups: list[str] = []
    channels: list[str] = []
    languages: str = ""
    reason: str = ""

    def band(self) -> declared_use.BandIn:
        """What it declares.

        Raises:
            InvalidInput: `band.number`. ValidationError: for what does not fit its field.
        """
        share = _number(self.automated)
        return declared_use.BandIn.model_validate(
            {
                "least_a_month": _number(self.least),
                "most_a_month": _number(self.most),
                "most_automated": None if share is None else share / 100,
                "groups": self.groups,
                "channels": self.channels,
                "languages": self.languages.replace(",", " ").split(),
                "reason": self.reason,
            }
        )


@dataclass(frozen=True)
class Declaration:
    """A band as it was declared, and its record."""

    at: str
    record: str
    limits: Report


@router.get("")
async def use_page(
    request: Request,
    parts: TheParts,
    format: Literal["html", "csv", "pdf"] = "html",
    change: Annotated[bool, Query()] = False,
) -> Response:
    """Expected and measured use, the alarms, and what was declared before."""
    asker = staff(request, Permission.REGISTERS_READ)
    values = await _values(request, parts, asker, None)
    if format == "csv":
        names = ("at", "month", "measure", "value", "limit")
        used = await declared_use.alarms(asker, parts)
        return csv_response("larm", names, [[dict(each)[name] for name in names] for each in used["alarms"]])
    if format == "pdf":
        return await pdf_page(request, "auditor/use.html", values, "anvandning")
    return render(request, "auditor/use.html", {**values, "open": change or not values["band"]})


@router.post("")
async def declare(request: Request, parts: TheParts, given: Annotated[Given, Form()]) -> Response:
    """Declare what is expected from now on."""
    asker = staff(request, Permission.REGISTERS_WRITE)
    try:
        await declared_use.declare(given.band(), asker, parts)
    except REFUSALS as error:
        values = await _values(request, parts, asker, given)
        return form_page(request, "auditor/use.html", {**values, "open": True}, error)
    return RedirectResponse("/log/use", status_code=303)


async def _values(request: Request, parts: Parts, asker: Asker, given: Given | None) -> dict[str, object]:
    card, used, standing, history = await asyncio.gather(
        registers.card(asker, parts),
        declared_use.alarms(asker, parts),
        deployments.deployments(request, asker, parts),
        _history(parts, asker),
    )
    told_now = report_of(bytes(card.body))
    use, span = object_in(told_now, "use"), object_in(told_now, "period")
    months = counts_in(use, "months")
    series = [(month, months.get(month, 0)) for month in _months(str(span.get("first")), str(span.get("last")))]
    band = used["band"]
    return {
        "use": use,
        "series": series,
        "chart": chart(series),
        "groups": _named(use, "by_role", ROLES, band.get("groups")),
        "channels": _named(use, "by_channel", CHANNELS, band.get("channels")),
        "languages": _named(use, "by_language", {}, band.get("languages")),
        "band": band,
        "declared_at": used["declared_at"],
        "alarms": [_in_words(each) for each in used["alarms"][::-1]],
        "history": history,
        "deployments": [each for each in standing["deployments"] if each["in_force"]],
        "measures": MEASURES,
        "role_words": ROLES,
        "channel_words": CHANNELS,
        "given": given or _as_given(band),
        "may": asker.may(Permission.REGISTERS_WRITE),
        "this_month": today().isoformat()[:7],
        "open": False,
    }


def _in_words(alarm: declared_use.AlarmOut) -> declared_use.AlarmOut:
    """An alarm with its names as people say them, and shares in per cent; what is translated is Swedish still."""
    words = {"groups": ROLES, "channels": CHANNELS}.get(alarm["measure"])
    if words is not None:
        limit = ", ".join(words.get(each, each) for each in alarm["limit"].split(", "))
        return {**alarm, "value": words.get(alarm["value"], alarm["value"]), "limit": limit}
    if alarm["measure"] == "most_automated":
        return {**alarm, "value": f"{float(alarm['value']):.0%}", "limit": f"{float(alarm['limit']):.0%}"}
    return alarm


async def _history(parts: Parts, asker: Asker) -> list[Declaration]:
    """What has been declared, newest first."""
    try:
        book = await Decisions(parts, asker, asker.principal.authority).read(_BOOK)
    except NotFound:
        return []
    found: list[Declaration] = []
    for each in book["records"]:
        band = each["leaf"].get("declared")
        if f".{_DECLARED}." in f"{each['leaf'].get('type')}" and isinstance(band, dict):
            found.append(Declaration(str(each["leaf"].get("time", "")), each["id"], band))
    return found[::-1]


def _named(use: Report, name: str, words: Mapping[str, str], expected: object) -> list[tuple[str, int, str]]:
    """Name, count and whether it was expected: yes, no, or empty when nothing is said of it."""
    said: Sequence[object] = expected if isinstance(expected, list) else ()
    return [
        (words.get(key, key), number, ("yes" if key in said else "no") if said else "")
        for key, number in counts_in(use, name).items()
    ]


def _months(first: str, last: str) -> list[str]:
    """Every month from the first to the last, both as 2026-11."""
    at, end = (int(each[:4]) * 12 + int(each[5:7]) - 1 for each in (first, last))
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(at, end + 1)]


def _as_given(band: dict[str, int | float | list[str]]) -> Given:
    def names(name: str) -> list[str]:
        value = band.get(name)
        return value if isinstance(value, list) else []

    share = band.get("most_automated")
    return Given(
        least=str(band.get("least_a_month", "")),
        most=str(band.get("most_a_month", "")),
        automated=f"{share * 100:g}" if isinstance(share, (int, float)) else "",
        groups=names("groups"),
        channels=names("channels"),
        languages=", ".join(names("languages")),
    )


def _number(written: str) -> float | None:
    """A number as people write it; None when nothing is written."""
    cleaned = written.replace(" ", "").replace("\u00a0", "").replace(",", ".").removesuffix("%")
    if not cleaned:
        return None
    try:
        return float(cleaned)
    except ValueError as error:
        raise InvalidInput("band.number", f"”{written}” är inget tal. (“{written}” is no number.)") from error
