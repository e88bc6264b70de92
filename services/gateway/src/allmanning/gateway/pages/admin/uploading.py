"""Files that somebody sends from `/admin/documents`, and what became of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from allmanning.contracts.ingest.v1.ingest_pb import Priority
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import page_language
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.gateway.upload import Details, submit
from allmanning.runtime.errors import InvalidInput, PlatformError

router = APIRouter(prefix="/admin/documents")

_COLLECTION: Final = "dokument"
_MAX_COLLECTION_CHARS: Final = 100
# What a script sends one by one belongs together.
_BATCH: Final = re.compile(r"sida-\d{8}-\d{6}")


@dataclass
class Received:
    """What became of the files: `known` are here already, just as they are."""

    batch: str
    taken: int = 0
    known: list[str] = field(default_factory=list)
    refused: list[tuple[str, PlatformError]] = field(default_factory=list)


@router.post("")
async def upload(request: Request, parts: TheParts) -> Response:
    """Take files in. The body is read once it is known who sends it."""
    asker = staff(request, Permission.DOCUMENTS_MANAGE)
    async with request.form() as form:
        received = await _received(parts, asker.principal.authority, form)
    if received.taken and not (received.known or received.refused):
        return RedirectResponse(f"/admin/documents?{urlencode({'batch': received.batch})}", status_code=303)
    language = page_language(request.query_params, request.headers)
    values = {
        "refused": [(name, problem(error, language)["message"]) for name, error in received.refused],
        "known": received.known,
        "taken": received.taken,
        "batch": received.batch,
    }
    # What does not work now may work soon; what was refused never will.
    statuses = [error.status for _, error in received.refused if error.retryable] or [422]
    return render(request, "admin/received.html", values, status=statuses[0] if received.refused else 200)


async def _received(parts: Parts, authority: str, form: FormData) -> Received:
    batch = str(form.get("batch") or "")
    received = Received(batch if _BATCH.fullmatch(batch) else datetime.now(UTC).strftime("sida-%Y%m%d-%H%M%S"))
    # A field of files that nobody chose any for holds one without a name.
    files = [each for each in form.getlist("files") if isinstance(each, UploadFile) and (each.filename or each.size)]
    collection = str(form.get("collection") or "").strip() or _COLLECTION
    if len(collection) > _MAX_COLLECTION_CHARS:
        too_long = f"Samlingens namn får ha högst {_MAX_COLLECTION_CHARS} tecken. (The collection's name is too long.)"
        received.refused.append(("", InvalidInput("field.invalid", too_long)))
        return received
    if not files:
        error = InvalidInput("file.not_chosen", "Välj minst en fil. (Choose at least one file.)")
        received.refused.append(("", error))
    details = Details(
        collection=collection,
        secrecy=str(form.get("secrecy") or ""),
        priority=Priority.URGENT,
        batch=received.batch,
    )
    for place, file in enumerate(files):
        name = file.filename or ""
        try:
            if (await submit(parts, authority, file, details)).unchanged:
                received.known.append(name)
            else:
                received.taken += 1
        except PlatformError as error:
            received.refused.append((name, error))
            if error.retryable:
                # The rest would fail in the same way, one long wait after another.
                received.refused += [(each.filename or "", error) for each in files[place + 1 :]]
                break
    return received
