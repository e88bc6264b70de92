"""`/log`: how the service is used and watched over, each figure with the list that it is counted from."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import date, timedelta
from typing import Final, Literal, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1 import erasure_pb as erasure
from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.contracts.audit.v1.log_pb import ListLogsRequest, ListLogsResponse
from allmanning.contracts.audit.v1.registers_pb import ListUseAlarmsRequest, ListUseAlarmsResponse
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.pages.auditor.chart import Chart, chart
from allmanning.gateway.pages.auditor.period import Period, ThePeriod, newest, ready_made
from allmanning.gateway.pages.auditor.reports import Report, asked, counts_in, number_in, object_in
from allmanning.gateway.pages.auditor.spreadsheet import csv_response
from allmanning.gateway.pages.auditor.words import CHANNELS, OUTCOMES
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.pdf.making import pdf_page
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.swedish_day import today

router = APIRouter()

Part = TypeVar("Part")
# More days than this are drawn month by month.
_MOST_DAYS: Final = 92
_ORDER: Final = ("answered", "abstained", "review", "refused", "handed_over", "control", "")
_REVERSED: Final = ("edited", "rejected")
# An overview that waits is none: what takes longer says so, and its own page has it.
_WITHIN_S: Final = 2.0


@router.get("/log")
async def overview_page(
    request: Request, parts: TheParts, chosen: ThePeriod, format: Literal["html", "csv", "pdf"] = "html"
) -> Response:
    """Figures of a period, and what is open now."""
    asker = staff(request, Permission.INSPECT)
    authority = asker.principal.authority
    period = chosen if chosen.first or chosen.last else newest()
    counting = asked(parts, asker, "count", proto.CountDecisions(from_=period.opened_from, to=period.opened_to))
    if format == "csv":
        return _as_csv(await counting, period)
    counted, logs, alarms, controls, erasures, due = await asyncio.gather(
        counting,
        _told(parts.bus.call(subjects.AUDIT_LIST_LOGS, ListLogsRequest(authority=authority), ListLogsResponse)),
        _told(
            parts.bus.call(
                subjects.AUDIT_LIST_USE_ALARMS, ListUseAlarmsRequest(authority=authority), ListUseAlarmsResponse
            )
        ),
        _told(asked(parts, asker, "show_control", proto.ShowControl())),
        _told(
            parts.bus.call(
                subjects.AUDIT_LIST_ERASURES,
                erasure.ListErasuresRequest(authority=authority),
                erasure.ListErasuresResponse,
            )
        ),
        _due(parts, asker),
    )
    series = _series(counted, period)
    values = {
        "period": period,
        "query": urlencode(period.query),
        "periods": [(name, urlencode(each.query), each == period) for name, each in ready_made(today())],
        "total": number_in(counted, "decisions"),
        "outcomes": _outcomes(counted),
        "channels": [
            (name, CHANNELS.get(name, name), number) for name, number in counts_in(counted, "by_channel").items()
        ],
        "reviews": _reviews(counted),
        "counted": counted,
        "by_month": len(series) > 0 and len(series[0][0]) == len("2026-11"),
        "series": series,
        "chart": _chart(series),
        "order": _ORDER,
        "words": OUTCOMES,
        "log": logs.logs[-1] if logs and logs.logs else None,
        "logs_known": logs is not None,
        "alarms": list(alarms.alarms) if alarms else None,
        "controls": controls,
        "erasures": sum(each.state == "requested" for each in erasures.erasures) if erasures else None,
        "due": due,
        "month": today().isoformat()[:7],
    }
    if format == "pdf":
        return await pdf_page(request, "auditor/overview.html", values, "oversikt")
    return render(request, "auditor/overview.html", values)


async def _told(asking: Awaitable[Part]) -> Part | None:
    """An answer in time; None says that this part of the overview could not be read."""
    try:
        async with asyncio.timeout(_WITHIN_S):
            return await asking
    except (PlatformError, TimeoutError):
        return None


async def _due(parts: Parts, asker: Asker) -> int | None:
    """How many records have come to the end of the time they are kept."""
    request = erasure.ListDueRequest(authority=asker.principal.authority)
    found = await _told(parts.bus.call(subjects.AUDIT_LIST_DUE, request, erasure.ListDueResponse, timeout_s=_WITHIN_S))
    return sum(each.records for each in found.due) if found else None


def _outcomes(counted: Report) -> list[tuple[str, str, int]]:
    """Outcome, what it is called, and how many, those that there are."""
    counts = counts_in(counted, "outcomes")
    return [(each, OUTCOMES[each], counts[each]) for each in _ORDER if counts.get(each)]


def _reviews(counted: Report) -> Mapping[str, int | float | None]:
    """How many decisions were held for a person, what share that is, and how often the person said otherwise."""
    states = counts_in(counted, "reviews")
    held, total = sum(states.values()), number_in(counted, "decisions")
    closed = held - states.get("open", 0)
    reversed_ = sum(states.get(each, 0) for each in _REVERSED)
    return {
        "held": held,
        "share": held / total if total else None,
        "closed": closed,
        "reversed": reversed_,
        "reversed_share": reversed_ / closed if closed else None,
    }


def _series(counted: Report, period: Period) -> list[tuple[str, dict[str, int]]]:
    """Counts by outcome for each day of the period, or for each month of a long one."""
    days = {day: counts_in(object_in(counted, "days"), day) for day in object_in(counted, "days")}
    if not days and not (period.first and period.last):
        return []
    first = period.first or date.fromisoformat(min(days))
    last = period.last or date.fromisoformat(max(days))
    every = [(first + timedelta(days=each)).isoformat() for each in range((last - first).days + 1)]
    if len(every) <= _MOST_DAYS:
        return [(day, days.get(day, {})) for day in every]
    months: dict[str, dict[str, int]] = {day[:7]: {} for day in every}
    for day, counts in days.items():
        month = months.setdefault(day[:7], {})
        for outcome, number in counts.items():
            month[outcome] = month.get(outcome, 0) + number
    return sorted(months.items())


def _chart(series: list[tuple[str, dict[str, int]]]) -> Chart:
    return chart([(day, sum(counts.values())) for day, counts in series])


def _as_csv(counted: Report, period: Period) -> Response:
    rows = [
        [day, sum(counts.values()), *(counts.get(each, 0) for each in _ORDER)]
        for day, counts in _series(counted, period)
    ]
    header = ["Dag eller månad", "Beslut", *(OUTCOMES[each] for each in _ORDER)]
    return csv_response("oversikt", header, rows)
