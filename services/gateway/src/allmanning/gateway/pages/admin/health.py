"""`/admin/health`: whether everything works, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.api import load as load_api
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.language import marked
from allmanning.gateway.pages.admin.queue import Queue, queue_of
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import render
from allmanning.gateway.roll_call import roll_call
from allmanning.runtime.errors import PlatformError

router = APIRouter(prefix="/admin/health")

DOES: Final[Mapping[str, str]] = {
    "audit": marked("Beslutsregler och beslutslogg; utan dem lämnas inga svar ut"),
    "generate": marked("Svar på frågor"),
    "index": marked("Sökregistret: dokumentens stycken"),
    "ingest": marked("Inläsning av dokument och hämtning ur källor"),
    "retrieve": marked("Sökning"),
    "gateway": marked("Sidorna och API:et"),
}


@router.get("")
async def health_page(request: Request, parts: TheParts) -> Response:
    """Which services answer, how busy answering is, and how reading in goes."""
    asker = staff(request, Role.ADMIN)
    expected = [name for name in parts.settings.expected_services.split(",") if name]
    answered = await roll_call(parts.bus, expected)
    counts = answered if answered is not None else dict.fromkeys(expected, 0)
    return render(
        request,
        "admin/health.html",
        {
            "bus": answered is not None,
            "services": [(name, count, DOES.get(name, "")) for name, count in counts.items()],
            "missing": [name for name in expected if not counts.get(name)],
            "load": await _load(asker, parts),
            "queue": await _queue(asker, parts),
        },
    )


async def _load(asker: Asker, parts: Parts) -> load_api.LoadOut | None:
    """None when it does not answer, which the page says of the service itself."""
    try:
        return await load_api.load(asker, parts)
    except PlatformError:
        return None


async def _queue(asker: Asker, parts: Parts) -> Queue | None:
    try:
        return await queue_of(parts, asker.principal.authority)
    except PlatformError:
        return None
