"""`/review/{id}`: one review, from taking it to giving a verdict."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from allmanning.contracts.audit.v1.audit_pb import Review, Work
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.language import marked, page_language, translate
from allmanning.gateway.pages.caseworker.checking import (
    SUPPORT,
    Typed,
    documents_of,
    ground_at,
    machine_sentences,
    same_words,
    sentences_of,
    text_of,
    view_of,
)
from allmanning.gateway.pages.caseworker.outcome import done_with, outcome_of
from allmanning.gateway.pages.caseworker.sent import STATES
from allmanning.gateway.pages.caseworker.waiting import kind_of, waiting
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import parts_of
from allmanning.gateway.problems import problem
from allmanning.gateway.rendering import render
from allmanning.gateway.reviewing import Reviewing
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, NotFound, PlatformError

router = APIRouter(prefix="/review")
_OTHERS: Final = marked(
    "Någon annan hann före och har ärendet nu. Det du skrev finns kvar nedan; kopiera det om du vill lämna det vidare."
)
_CLOSED: Final = marked("Någon annan har redan avgjort ärendet. Det du skrev finns kvar nedan.")
_CHANGED: Final = (
    "Du har ändrat texten. Välj Ändra och godkänn om dina ord ska gälla. "
    "(You have changed the text. Choose Change and approve if your words are to apply.)"
)
_UNCHANGED: Final = (
    "Du har inte ändrat något. Välj Godkänn om texten ska gälla som den är. "
    "(You have changed nothing. Choose Approve if the text is to apply as it is.)"
)
_TOLD: Final = {"review.claimed": _OTHERS, "review.closed": _CLOSED}

Texts = Annotated[list[str], Form(max_length=200)]


@router.get("/{review_id}")
async def review_page(request: Request, review_id: str, parts: TheParts, done: str = "", of: str = "") -> Response:
    """What was asked, what holds it, and the draft; with a form for whoever has it."""
    asker = staff(request, Permission.REVIEWS_LIST)
    review = await Reviewing(parts, asker.principal).one(review_id)
    return await _page(request, asker, review, done=done, of=of)


@router.post("/{review_id}/claim")
async def claim(request: Request, review_id: str, parts: TheParts) -> Response:
    """Take it."""
    asker = staff(request, Permission.REVIEW)
    reviewing = Reviewing(parts, asker.principal)
    try:
        await reviewing.claim(review_id)
    except (Conflict, Forbidden) as error:
        return await _page(request, asker, await reviewing.one(review_id), error=error)
    return RedirectResponse(f"/review/{review_id}", status_code=303)


@router.post("/{review_id}/return")
async def give_back(
    request: Request, review_id: str, parts: TheParts, note: Annotated[str, Form(max_length=2_000)] = ""
) -> Response:
    """Give it to the next person, with a line."""
    asker = staff(request, Permission.REVIEWS_LIST)
    reviewing = Reviewing(parts, asker.principal)
    try:
        await reviewing.give_back(review_id, note)
    except (Conflict, InvalidInput) as error:
        return await _page(request, asker, await reviewing.one(review_id), error=error)
    return RedirectResponse("/review?done=returned", status_code=303)


@router.post("/{review_id}")
async def decide(
    request: Request,
    review_id: str,
    parts: TheParts,
    action: Annotated[Literal["approve", "edit", "reject"], Form()],
    sentence: Texts = [],  # noqa: B006 - FastAPI copies defaults
    reason: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Give the verdict, and go on to the next. A second press of the button finds the verdict there and goes on too."""
    asker = staff(request, Permission.REVIEW)
    reviewing, typed = Reviewing(parts, asker.principal), Typed(sentence, reason)
    review = await reviewing.one(review_id)
    try:
        _check(review, action, typed)
        text = typed.text if action == "edit" else ""
        closed = await reviewing.close(review_id, action, text=text, reason=reason.strip())
    except (Conflict, Forbidden, InvalidInput) as error:
        return await _page(request, asker, await reviewing.one(review_id), error=error, typed=typed)
    following = await _next(reviewing)
    query = urlencode({"done": done_with(closed), "of": review_id})
    return RedirectResponse(f"/review{following}?{query}", status_code=303)


@router.post("/{review_id}/seen")
async def seen(request: Request, review_id: str, parts: TheParts) -> Response:
    """Somebody is at work; answers what is on record of the work, in words."""
    asker = staff(request, Permission.REVIEW)
    work = await Reviewing(parts, asker.principal).seen(review_id)
    return JSONResponse({"work": work_words(work, page_language(request.query_params, request.headers))})


@router.get("/{review_id}/source/{place}")
async def open_source(request: Request, review_id: str, place: str, parts: TheParts) -> Response:
    """Open a source at the place that a sentence rests on; that is recorded for whoever has the review."""
    asker = staff(request, Permission.REVIEWS_LIST)
    reviewing = Reviewing(parts, asker.principal)
    review = await reviewing.one(review_id)
    ground = ground_at(review, place)
    if ground is None:
        raise NotFound("review.unknown", "Svaret bygger inte på det dokumentet. (No source of this answer.)")
    if review.mine and ground.document:
        await reviewing.seen(review_id, ground.document)
    return RedirectResponse(view_of(ground, asker.principal.authority), status_code=303)


async def _next(reviewing: Reviewing) -> str:
    """The path of the next one below /review; nothing when there is none or it can't be told now."""
    try:
        following = await reviewing.claim_next()
    except PlatformError:
        return ""
    return f"/{following.decision_id}" if following else ""


def _check(review: Review, action: str, typed: Typed) -> None:
    """A verdict on other words than the form shows is a mistake of the hand."""
    if review.state != "open" or not typed.sentences:
        return
    changed = not same_words(typed.text, text_of(review))
    if action == "approve" and changed:
        raise InvalidInput("review.changed", _CHANGED)
    if action == "edit" and not changed:
        raise InvalidInput("review.unchanged", _UNCHANGED)


async def _page(
    request: Request,
    asker: Asker,
    review: Review,
    *,
    error: PlatformError | None = None,
    typed: Typed | None = None,
    done: str = "",
    of: str = "",
) -> Response:
    language = page_language(request.query_params, request.headers)
    told = problem(error, language) if error else None
    if told and error and error.code in _TOLD and typed:
        told["message"] = translate(_TOLD[error.code], language)
    contact = kind_of(review) == "contact"
    sentences = [] if contact else sentences_of(review)
    machine = [] if contact else machine_sentences(review)
    values = {
        "review": review,
        "row": waiting(review, language),
        "sentences": sentences,
        # What the first reviewer made of it stands alone; what the machine wrote, and on what grounds, stands below.
        "machine": [] if sentences == machine else machine,
        "documents": documents_of(review),
        "support": SUPPORT,
        "states": STATES,
        "typed": typed,
        "problem": told,
        "outcome": outcome_of(done, of),
        "may_decide": asker.may(Permission.REVIEW) and review.mine and review.state == "open",
        "may_take": asker.may(Permission.REVIEW)
        and review.state == "open"
        and not review.claimed_until
        and not review.sent_by_you,
        "sender": parts_of(request).keyring.called(review.sender) if review.sender else "",
        "work": work_words(review.work or Work(), language),
    }
    return render(request, "caseworker/review.html", values, status=error.status if error else 200)


def work_words(work: Work, language: str) -> str:
    """What is on record of somebody's work, as they read it."""
    opened = translate(
        "Öppnade källor: {count}. ", language, count=len(work.opened)
    )  # fmt: skip
    if not work.has_field("active_seconds"):
        return opened + translate("Aktiv tid: okänd.", language)
    minutes, seconds = divmod(work.active_seconds, 60)
    return opened + translate("Aktiv tid: {minutes} min {seconds} s.", language, minutes=minutes, seconds=seconds)
