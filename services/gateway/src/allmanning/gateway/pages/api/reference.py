"""`/api/reference`: every operation, rendered here from the description, without a script."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.gateway.description.reference import groups
from allmanning.gateway.language import marked
from allmanning.gateway.rendering import render
from allmanning.runtime.errors import NotFound

router = APIRouter(prefix="/api/reference")

ACCESS: Final = {
    "key": marked("Nyckel behövs"),
    "either": marked("Med eller utan nyckel"),
    "open": marked("Öppen för alla"),
}


@router.get("")
async def index(request: Request) -> Response:
    """All operations by group, and what holds for all of them."""
    return render(request, "api/reference.html", {"groups": groups(request.app.openapi())})


@router.get("/{name}")
async def group(request: Request, name: str) -> Response:
    """One group's operations, with fields and examples. Raises NotFound: `path.not_found`."""
    found = next((each for each in groups(request.app.openapi()) if each.name == name), None)
    if found is None:
        raise NotFound("path.not_found", "Den adressen finns inte.")
    return render(request, "api/group.html", {"group": found, "access": ACCESS})
