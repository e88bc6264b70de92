"""`/admin`: what needs somebody today, each with where to deal with it, and the way to everything else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.language import marked
from allmanning.gateway.pages.admin.attention import answers, content, operations
from allmanning.gateway.pages.admin.attention.matter import Matter
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import render
from allmanning.runtime.errors import PlatformError

router = APIRouter(prefix="/admin")

# What takes longer is told as not read: its own page waits for it.
_WITHIN_S: Final = 2.0


@router.get("")
async def start_page(request: Request, parts: TheParts) -> Response:
    """Every area is read at once; one that does not answer hides none of the others."""
    asker = staff(request, Role.ADMIN)
    areas = _areas(request, asker, parts)
    found = await asyncio.gather(*(_told(reading) for _, reading in areas))
    read = list(zip((name for name, _ in areas), found, strict=True))
    matters = [each for part in found if part for each in part]
    values = {
        "now": [each for each in matters if each.urgency == "now"],
        "soon": [each for each in matters if each.urgency == "soon"],
        "well": [name for name, part in read if part == []],
        "unread": [name for name, part in read if part is None],
    }
    return render(request, "admin/start.html", values)


def _areas(request: Request, asker: Asker, parts: Parts) -> Sequence[tuple[str, Awaitable[list[Matter]]]]:
    return [
        (marked("Tjänster"), operations.services(asker, parts)),
        (marked("Ibruktagande"), answers.deployments(request, asker, parts)),
        (marked("Kvot"), operations.quota(asker, parts)),
        (marked("Dokument"), content.documents(asker, parts)),
        (marked("Anmälda dokument"), content.reports(asker, parts)),
        (marked("Källor"), content.sources(asker, parts)),
        (marked("Luckor"), content.gaps(asker, parts)),
        (marked("Regler"), answers.rules(asker, parts)),
        (marked("Granskning"), answers.reviews(asker, parts)),
        (marked("API-nycklar"), operations.keys(asker, parts)),
        (marked("Webhookar"), operations.webhooks(asker, parts)),
    ]


async def _told(reading: Awaitable[list[Matter]]) -> list[Matter] | None:
    try:
        async with asyncio.timeout(_WITHIN_S):
            return await reading
    except (PlatformError, TimeoutError):
        return None
