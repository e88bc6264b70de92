"""`/admin/write`: a document that is written here, and read in as an uploaded file would be."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from allmanning.contracts.ingest.v1.ingest_pb import Priority
from allmanning.gateway.asker import TheParts
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.permission import Permission
from allmanning.gateway.upload import Details, submit
from allmanning.runtime.errors import InvalidInput, PlatformError

router = APIRouter(prefix="/admin/write")

MOST_CHARS: Final = 200_000
_COLLECTION: Final = "dokument"
_QUESTIONS: Final = 10


@router.get("")
async def empty(request: Request) -> Response:
    """A document to begin with nothing."""
    staff(request, Permission.DOCUMENTS_MANAGE)
    return render(request, "admin/write.html", _form())


@router.post("/begin")
async def begin(
    request: Request, questions: Annotated[list[Annotated[str, Form(max_length=20_000)]], Form()]
) -> Response:
    """A document to begin from what people asked. By a form: a question may quote a person, and an address is kept."""
    staff(request, Permission.DOCUMENTS_MANAGE)
    return render(request, "admin/write.html", _form(questions=questions[:_QUESTIONS]))


@router.post("")
async def write(
    request: Request,
    parts: TheParts,
    title: Annotated[str, Form(max_length=300)] = "",
    text: Annotated[str, Form(max_length=MOST_CHARS)] = "",
    collection: Annotated[str, Form(max_length=100)] = _COLLECTION,
    secrecy: Annotated[str, Form(max_length=20)] = "open",
    questions: Annotated[list[Annotated[str, Form(max_length=20_000)]], Form()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Hand the document to ingest as a Markdown file; then the page that shows how it goes."""
    asker = staff(request, Permission.DOCUMENTS_MANAGE)
    try:
        if not title.strip() or not text.strip():
            raise InvalidInput("document.unwritten", "Ange en rubrik och skriv vad som gäller.")
        heading = " ".join(title.split())
        # Browsers send the lines of a form with CRLF.
        body = text.replace("\r\n", "\n").strip()
        content = f"# {heading}\n\n{body}\n".encode()
        details = Details(
            collection=collection.strip() or _COLLECTION, title=heading, secrecy=secrecy, priority=Priority.URGENT
        )
        file = UploadFile(io.BytesIO(content), filename=file_name(heading))
        taken = await submit(parts, asker.principal.authority, file, details)
    except PlatformError as error:
        filled = _form(title=title, text=text, collection=collection, secrecy=secrecy, questions=questions)
        return form_page(request, "admin/write.html", filled, error)
    version = taken.document.version if taken.document else None
    return RedirectResponse(f"/admin/documents/{version.id if version else ''}", status_code=303)


def file_name(title: str) -> str:
    """A title in letters that every system has: "Vad kostar förskolan?" becomes vad-kostar-forskolan.md."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    return f"{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')[:80].strip('-') or 'dokument'}.md"


def _form(
    title: str = "",
    text: str = "",
    collection: str = _COLLECTION,
    secrecy: str = "open",
    questions: list[str] | None = None,
) -> dict[str, object]:
    return {
        "written": {"title": title, "text": text, "collection": collection, "secrecy": secrecy},
        "questions": questions or [],
        "most_chars": MOST_CHARS,
        "problem": None,
    }
