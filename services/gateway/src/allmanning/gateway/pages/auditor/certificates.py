"""`/log/certificates`: how the logs stand, and a signed page that says that nothing of a period is missing."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from allmanning.contracts.audit.v1.certificate_pb import CertifyRequest, CertifyResponse
from allmanning.gateway.api.logs import logs
from allmanning.gateway.asker import TheParts
from allmanning.gateway.bundle import EXPORT_TIMEOUT_S
from allmanning.gateway.language import marked
from allmanning.gateway.pages.auditor.reports import Report, counts_in, object_in, report_of, rows_of
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.pdf.making import pdf_response
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.swedish_day import today

router = APIRouter(prefix="/log/certificates")

_MONTHS: Final = 12
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
COUNTED: Final = {
    "records": marked("Poster"),
    "decisions": marked("Beslut"),
    "questions": marked("Frågor"),
    "questions_ended": marked("Frågor som fick ett slut"),
    "questions_open": marked("Frågor utan slut"),
    "measured_questions": marked("Varav frågor för att mäta svaren"),
    "releases": marked("Svar som lämnades"),
    "measured_releases": marked("Varav svar som mättes"),
    "held": marked("Svar som hölls för granskning"),
    "measured_held": marked("Varav i mätningar, som ingen granskar"),
    "reviewed": marked("Svar som granskades"),
    "evaluations": marked("Prövningar av reglerna"),
    "corrections": marked("Rättelser"),
}
STATUSES: Final = {
    "ok": marked("Håller"),
    "failed": marked("Håller inte"),
    "unchecked": marked("Gick inte att kontrollera"),
    "untried": marked("Inte aktuellt"),
}


@router.get("")
async def certificates_page(
    request: Request,
    parts: TheParts,
    month: Annotated[str, Query(max_length=7)] = "",
    format: Literal["", "json", "html", "pdf"] = "",
) -> Response:
    """The logs, and a month's certificate when one is asked for. Months are UTC's, as in the log."""
    asker = staff(request, Permission.LOG_EXPORT)
    authority = asker.principal.authority
    certificate: Report = {}
    if month:
        first, end = _span(month)
        wanted = CertifyRequest(authority=authority, start=first, end=end)
        made = await parts.bus.call(subjects.AUDIT_CERTIFY, wanted, CertifyResponse, timeout_s=EXPORT_TIMEOUT_S)
        if format == "pdf":
            return await pdf_response(request, made.page.decode(), f"intyg-{authority}-{month}")
        if format:
            return _download(made, f"intyg-{authority}-{month}", format)
        certificate = object_in(report_of(made.certificate), "certificate")
    values = {
        "logs": (await logs(asker, parts))["logs"],
        "may_seal": asker.may(Permission.LOG_MANAGE),
        "months": _months(today()),
        "month": month,
        "certificate": certificate,
        "counts": counts_in(certificate, "counts"),
        "counted": {
            name: word
            for name, word in COUNTED.items()
            if counts_in(certificate, "counts").get("measured_questions") or not name.startswith("measured_")
        },
        "checks": rows_of(certificate, "checks"),
        "statuses": STATUSES,
        "whole": all(each.get("status") in {"ok", "untried"} for each in rows_of(certificate, "checks")),
    }
    return render(request, "auditor/certificates.html", values)


def _download(made: CertifyResponse, name: str, format: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{format}"'}
    if format == "html":
        return Response(made.page, media_type="text/html; charset=utf-8", headers=headers)
    return Response(made.certificate, media_type="application/json", headers=headers)


def _span(month: str) -> tuple[str, str]:
    """The first day of a month, and the first of the next.

    Raises:
        InvalidInput: `period.invalid`.
    """
    if not _MONTH.fullmatch(month):
        raise InvalidInput("period.invalid", "Skriv månaden ÅÅÅÅ-MM. (Write the month as YYYY-MM.)")
    first = date.fromisoformat(f"{month}-01")
    return first.isoformat(), (first + timedelta(days=31)).replace(day=1).isoformat()


def _months(day: date) -> list[str]:
    """The newest months, this one first."""
    months: list[str] = []
    while len(months) < _MONTHS:
        months.append(day.isoformat()[:7])
        day = day.replace(day=1) - timedelta(days=1)
    return months
