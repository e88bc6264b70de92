"""`/admin/synonyms`: what people say, and what the authority's documents write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.api import synonyms as api
from allmanning.gateway.asker import TheParts
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import InvalidInput, PlatformError

router = APIRouter(prefix="/admin/synonyms")

_MAX_ROWS = 10_000


@router.get("")
async def synonyms_page(request: Request, parts: TheParts) -> Response:
    """The list as text, a word on each line."""
    asker = staff(request, Permission.SYNONYMS_WRITE)
    known = await api.synonyms(asker, parts)
    return render(request, "admin/synonyms.html", {"written": written(known["synonyms"]), "problem": None})


@router.post("")
async def put(request: Request, parts: TheParts, words: Annotated[str, Form()] = "") -> Response:
    """Replace the list; the next search uses it."""
    asker = staff(request, Permission.SYNONYMS_WRITE)
    try:
        await api.put_synonyms(api.SynonymsIn(synonyms=read(words)), asker, parts)
    except PlatformError as error:
        return form_page(request, "admin/synonyms.html", {"written": words}, error)
    return RedirectResponse("/admin/synonyms", status_code=303)


def written(rows: Sequence[api.SynonymOut]) -> str:
    """`dagis*: förskola, barnomsorg`, one row on each line."""
    return "\n".join(f"{row['word']}: {', '.join(row['words'])}" for row in rows)


def read(text: str) -> list[api.SynonymIn]:
    """The rows of `written`.

    Raises:
        InvalidInput: `synonyms.line`, with the line's number; `synonyms.too_many`.
    """
    rows: list[api.SynonymIn] = []
    for number, line in enumerate(text.splitlines(), start=1):
        word, colon, others = line.partition(":")
        words = [each.strip() for each in others.split(",") if each.strip()]
        if not line.strip():
            continue
        if not colon or not word.strip() or not words:
            raise InvalidInput(
                "synonyms.line",
                f"Rad {number}: skriv ordet, ett kolon och vad som också ska sökas, till exempel dagis*: förskola."
                f" (Line {number}: write the word, a colon and what to search for besides, as in dagis*: förskola.)",
            )
        rows.append(api.SynonymIn(word=word.strip(), words=words))
    if len(rows) > _MAX_ROWS:
        raise InvalidInput("synonyms.too_many", f"Högst {_MAX_ROWS} rader. (At most {_MAX_ROWS} rows.)")
    return rows
