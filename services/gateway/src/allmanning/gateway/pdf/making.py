"""A page as PDF: `pdf_page` for a template, `pdf_response` for a page that is made already."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from anyio import CapacityLimiter, to_thread
from fastapi import Request
from fastapi.responses import Response

from allmanning.gateway.pdf.paper import Paper, paper
from allmanning.gateway.rendering import authority_name, fragment
from allmanning.runtime.errors import Internal, TimedOut
from allmanning.runtime.record import Json
from allmanning.runtime.swedish_day import SWEDEN, today

MEDIA_TYPE: Final = "application/pdf"
_WITHIN_S: Final = 60.0
# Each takes a core for about a second.
_TURNS: Final = CapacityLimiter(2)

log = logging.getLogger(__name__)


async def pdf_page(request: Request, template: str, values: Mapping[str, object], name: str) -> Response:
    """The page that `render` would show, as a download called `name.pdf`. Raises as `pdf_of`."""
    return await pdf_response(request, fragment(request, template, values), name)


async def pdf_response(request: Request, html: str, name: str) -> Response:
    """A whole HTML page as a download called `name.pdf`. Raises as `pdf_of`."""
    made = await pdf_of(html, authority=authority_name(request), address=str(request.url))
    return Response(made, media_type=MEDIA_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'})


async def pdf_of(html: str, *, authority: str, address: str = "") -> bytes:
    """The `main` of an HTML page as tagged PDF (PDF/A-2a, PDF/UA-1). The same page gives the same bytes: the document's
    date is that of the newest moment that it tells in a `<time datetime>`, or today.

    Args:
        html: the whole page.
        authority: whose document it is; stands at the foot of each page.
        address: the page's own, for its links.

    Raises:
        TimedOut: `pdf.slow`.
        Internal: `pdf.failed`; why stands in our logs.
    """
    document = json.dumps(_document(paper(html, address), authority), ensure_ascii=False).encode()
    return await to_thread.run_sync(_typeset, document, limiter=_TURNS, abandon_on_cancel=True)


def _document(page: Paper, authority: str) -> Json:
    day = _newest_day(page.moments)
    return {
        "title": page.title or authority,
        "language": page.language.partition("-")[0],
        "authority": authority,
        "date": [day.year, day.month, day.day],
        "body": page.body,
    }


def _newest_day(moments: list[str]) -> date:
    days: list[date] = []
    for each in moments:
        try:
            moment = datetime.fromisoformat(each)
        except ValueError:
            continue
        days.append((moment.astimezone(SWEDEN) if moment.tzinfo else moment).date())
    return max(days, default=today())


def _typeset(document: bytes) -> bytes:
    command = [sys.executable, "-m", "allmanning.gateway.pdf.typesetting"]
    try:
        done = subprocess.run(command, input=document, capture_output=True, timeout=_WITHIN_S, check=True)
    except subprocess.TimeoutExpired as error:
        raise TimedOut(
            "pdf.slow", "Det tog för lång tid att göra PDF:en. Välj en kortare period eller lista."
        ) from error
    except subprocess.CalledProcessError as error:
        log.exception("a page could not be typeset: %s", error.stderr.decode(errors="replace")[-2_000:])
        raise Internal("pdf.failed", "PDF:en gick inte att göra. Skriv ut sidan från webbläsaren i stället.") from error
    return done.stdout
