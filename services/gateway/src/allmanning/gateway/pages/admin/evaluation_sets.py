"""`/admin/evaluations/sets/…`: the authority's own questions with their keys, from a file or written one at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from allmanning.gateway.api import evaluation_sets as api
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.evaluation.questions import KeyedQuestion, lines_of, questions_in
from allmanning.gateway.evaluation.sets import QuestionSet
from allmanning.gateway.pages.admin import evaluations
from allmanning.gateway.pages.admin.evaluation_words import EXPECTED, ROLES
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import InvalidInput, PlatformError

router = APIRouter(prefix="/admin/evaluations/sets")

_TEMPLATE: Final = "admin/evaluation_set.html"
_OVERVIEW: Final = "admin/evaluations.html"
_NUMBERED: Final = re.compile(r"fråga-(\d{1,9})")
_UNSAFE: Final = re.compile(r"[^\w.-]+", re.ASCII)


class QuestionForm(BaseModel):
    """One question as it is written: facts and sources a line each."""

    question: str = ""
    expect: str = "answered"
    facts: str = ""
    sources: str = ""
    role: str = "citizen"
    revision: int = 0

    def keyed(self, known: Sequence[KeyedQuestion]) -> KeyedQuestion:
        """Under the next free number.

        Raises:
            InvalidInput: `evaluation.question`.
        """
        numbers = [int(found[1]) for each in known if (found := _NUMBERED.fullmatch(each.id))]
        try:
            return KeyedQuestion.model_validate(
                {
                    "id": f"fråga-{max(numbers, default=0) + 1}",
                    "question": self.question.strip(),
                    "expect": self.expect,
                    "role": self.role,
                    "facts": _lines(self.facts) if self.expect == "answered" else [],
                    "sources": _lines(self.sources) if self.expect == "answered" else [],
                }
            )
        except ValidationError as error:
            raise InvalidInput(
                "evaluation.question",
                "Skriv en fråga på högst 4 000 tecken, och fakta och dokument med högst 500 tecken på varje rad.",
            ) from error


@router.post("")
async def make(request: Request, parts: TheParts) -> Response:
    """A new set: of a file, or empty to write questions in."""
    asker = staff(request, Permission.EVALUATE)
    name = ""
    try:
        async with request.form(max_part_size=parts.settings.max_json_bytes) as form:
            name = str(form.get("name") or "")
            questions = await _sent(form.get("file"))
        made = await api.make(api.SetIn(name=name[:200], questions=questions), asker, parts)
    except PlatformError as error:
        values = {**await evaluations.overview(asker, parts), "name": name}
        return form_page(request, _OVERVIEW, values, error)
    return RedirectResponse(f"/admin/evaluations/sets/{made.id}", status_code=303)


@router.get("/{set_id}")
async def set_page(request: Request, parts: TheParts, set_id: str, saved: bool = False) -> Response:
    """The questions, a form for one more, and a button that asks them."""
    asker = staff(request, Permission.EVALUATIONS_READ)
    one = await _one(asker, parts, set_id)
    return form_page(request, _TEMPLATE, {**_values(asker, one), "saved": saved})


@router.get("/{set_id}/questions.jsonl")
async def download(request: Request, parts: TheParts, set_id: str) -> Response:
    """The set as a file, which `allmanning evaluate answers` takes too."""
    asker = staff(request, Permission.EVALUATIONS_READ)
    one = await _one(asker, parts, set_id)
    name = _UNSAFE.sub("-", one.name).strip("-") or "questions"
    headers = {"Content-Disposition": f'attachment; filename="{name}.jsonl"'}
    return Response(lines_of(one.questions), media_type="application/jsonl", headers=headers)


@router.post("/{set_id}/questions")
async def add(
    request: Request, parts: TheParts, set_id: str, form: Annotated[QuestionForm, Form()]
) -> Response:  # fmt: skip
    """One question more."""
    asker = staff(request, Permission.EVALUATE)
    one = await _one(asker, parts, set_id)
    try:
        questions = [*one.questions, form.keyed(one.questions)]
        await _put(asker, parts, one, questions, form.revision)
    except PlatformError as error:
        return form_page(request, _TEMPLATE, _values(asker, one, form), error)
    return RedirectResponse(f"/admin/evaluations/sets/{set_id}?saved=true#add", status_code=303)


@router.post("/{set_id}/questions/remove")
async def remove_question(
    request: Request,
    parts: TheParts,
    set_id: str,
    question: Annotated[str, Form(max_length=100)] = "",
    revision: Annotated[int, Form()] = 0,
) -> Response:
    """One question less."""
    asker = staff(request, Permission.EVALUATE)
    one = await _one(asker, parts, set_id)
    try:
        await _put(asker, parts, one, [each for each in one.questions if each.id != question], revision)
    except PlatformError as error:
        return form_page(request, _TEMPLATE, _values(asker, one), error)
    return RedirectResponse(f"/admin/evaluations/sets/{set_id}?saved=true", status_code=303)


@router.post("/{set_id}")
async def change(request: Request, parts: TheParts, set_id: str) -> Response:
    """Another name, and the questions of a file in place of those there are, when one is sent."""
    asker = staff(request, Permission.EVALUATE)
    one = await _one(asker, parts, set_id)
    try:
        async with request.form(max_part_size=parts.settings.max_json_bytes) as form:
            name, revision = str(form.get("name") or ""), str(form.get("revision") or "")
            questions = await _sent(form.get("file")) or list(one.questions)
        wanted = api.SetIn(
            name=name[:200], questions=questions, revision=int(revision) if revision.isdecimal() else None
        )  # fmt: skip
        await api.change(set_id, wanted, asker, parts)
    except PlatformError as error:
        return form_page(request, _TEMPLATE, _values(asker, one), error)
    return RedirectResponse(f"/admin/evaluations/sets/{set_id}?saved=true", status_code=303)


@router.post("/{set_id}/remove")
async def remove(request: Request, parts: TheParts, set_id: str) -> Response:
    """Take the set away."""
    asker = staff(request, Permission.EVALUATE)
    await api.question_sets(parts).remove(asker.principal, set_id)
    return RedirectResponse("/admin/evaluations", status_code=303)


async def _one(asker: Asker, parts: Parts, set_id: str) -> QuestionSet:
    return await api.question_sets(parts).one(asker.principal.authority, set_id)


async def _put(
    asker: Asker, parts: Parts, one: QuestionSet, questions: list[KeyedQuestion], revision: int
) -> None:  # fmt: skip
    await api.change(one.id, api.SetIn(name=one.name, questions=questions, revision=max(0, revision)), asker, parts)


async def _sent(file: object) -> list[KeyedQuestion]:
    """The questions of a file; none when no file was chosen.

    Raises:
        InvalidInput: `evaluation.file_unreadable`, `evaluation.malformed`, `evaluation.empty`, `evaluation.too_many`.
    """
    if not isinstance(file, UploadFile) or not file.filename:
        return []
    try:
        text = (await file.read()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "evaluation.file_unreadable",
            "Filen är inte text i UTF-8. Spara den så och försök igen. (It is no UTF-8 text.)",
        ) from error
    return questions_in(text)


def _values(asker: Asker, one: QuestionSet, form: QuestionForm | None = None) -> dict[str, object]:
    return {
        "set": one,
        "form": form or QuestionForm(),
        "expected": EXPECTED,
        "roles": ROLES,
        "may": asker.may(Permission.EVALUATE),
        "saved": False,
    }


def _lines(written: str) -> list[str]:
    return [each.strip() for each in written.splitlines() if each.strip()]
