"""What a search request must be before it is searched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.passage.v1.passage_pb import Filter, Order
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest
from allmanning.retrieve.cursor import Page, opened
from allmanning.retrieve.query import Query, has_words, parsed, readable
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.swedish_day import today

MAX_CHARACTERS: Final = 2_000
MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 10
MAX_VALUES: Final = 100
_CLASSES: Final = frozenset({Secrecy.OPEN, Secrecy.INTERNAL, Secrecy.SECRET})


@dataclass(frozen=True)
class Question:
    """A request with its defaults filled in.

    `filter` has the query's phrases and excluded words beside those that were given; `key` is everything that the pages
    of one answer have in common, as bytes.
    """

    principal: Principal
    query: Query
    limit: int
    filter: Filter
    order: Order
    facets: bool
    page: Page
    key: bytes


def checked(request: SearchRequest) -> Question:
    """The request as a question.

    Raises:
        InvalidInput: `query.empty`, `query.too_long`, `query.only_excluded`, `limit.out_of_range`, `date.invalid`,
            `filter.invalid`, `cursor.invalid` or `principal.missing`.
    """
    text = _text(request.query)
    query = parsed(text)
    if query.excluded and not has_words(query.text):
        raise InvalidInput(
            "query.only_excluded",
            "Skriv också vad du söker, inte bara vad som ska bort. (Say what to find, not only what to exclude.)",
        )
    limits = checked_filter(request.filter or Filter())
    key = SearchRequest(query=text, filter=limits, order=request.order).to_binary()
    return Question(
        principal=checked_principal(request.principal),
        query=query,
        limit=checked_limit(request.limit),
        filter=_with(limits, query),
        order=request.order,
        facets=request.facets,
        page=_page(request, key),
        key=key,
    )


def checked_principal(principal: Principal | None) -> Principal:
    """The asker. Raises `InvalidInput`: `principal.missing`."""
    if principal is None or not principal.authority:
        raise InvalidInput("principal.missing", "Frågan saknar myndighet. (The question names no authority.)")
    return principal


def checked_limit(limit: int) -> int:
    """How many passages, 10 unless said. Raises `InvalidInput`: `limit.out_of_range`."""
    if limit > MAX_LIMIT:
        raise InvalidInput("limit.out_of_range", f"Högst {MAX_LIMIT} träffar. (At most {MAX_LIMIT} passages.)")
    return limit or DEFAULT_LIMIT


def checked_filter(limits: Filter) -> Filter:
    """The filter as it was given. Raises `InvalidInput`: `date.invalid` or `filter.invalid`."""
    lists = (
        limits.collections,
        limits.documents,
        limits.authorities,
        limits.document_types,
        limits.media_types,
        limits.secrecies,
        limits.phrases,
        limits.excluded,
    )
    if any(len(values) > MAX_VALUES for values in lists):
        raise _invalid_filter(f"Högst {MAX_VALUES} värden per fält. (At most {MAX_VALUES} values a field.)")
    if not _CLASSES.issuperset(limits.secrecies):
        raise _invalid_filter("Okänd sekretessklass. (Unknown secrecy class.)")
    if not all(map(has_words, (*limits.phrases, *limits.excluded))):
        raise _invalid_filter("En fras är tom. (A phrase is empty.)")
    for iso in filter(None, (limits.dated_from, limits.dated_until)):
        checked_day(iso)
    return limits


def checked_day(as_of: str) -> str:
    """An ISO date, today unless said. Raises `InvalidInput`: `date.invalid`."""
    if not as_of:
        return today().isoformat()
    try:
        day = date.fromisoformat(as_of).isoformat()
    except ValueError:
        day = ""
    # fromisoformat also reads "20260102" and week dates, which the contract does not allow.
    if day != as_of:
        raise InvalidInput("date.invalid", "Datumet ska skrivas ÅÅÅÅ-MM-DD. (Dates are written YYYY-MM-DD.)")
    return day


def _text(written: str) -> str:
    text = readable(written) if len(written.strip()) <= MAX_CHARACTERS else written
    if len(text) > MAX_CHARACTERS:
        raise InvalidInput("query.too_long", f"Högst {MAX_CHARACTERS} tecken. (At most {MAX_CHARACTERS} characters.)")
    if not text:
        raise InvalidInput("query.empty", "Frågan är tom. (The question is empty.)")
    return text


def _with(limits: Filter, query: Query) -> Filter:
    joined = Filter.from_binary(limits.to_binary())
    joined.phrases = [*limits.phrases, *query.phrases]
    joined.excluded = [*limits.excluded, *query.excluded]
    return checked_filter(joined)


def _page(request: SearchRequest, key: bytes) -> Page:
    if not request.cursor:
        return Page(checked_day(request.as_of))
    page = opened(request.cursor, key)
    if request.as_of and request.as_of != page.as_of:
        raise InvalidInput("cursor.invalid", "Sidmarkören är från en annan dag. (The cursor is of another day.)")
    return page


def _invalid_filter(text: str) -> InvalidInput:
    return InvalidInput("filter.invalid", text)
