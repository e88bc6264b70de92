"""What a search request must be before it is searched."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest
from allmanning.runtime.errors import InvalidInput

MAX_CHARACTERS = 2_000
MAX_LIMIT = 100
DEFAULT_LIMIT = 10
# "Today" is the day at the authority, also when the servers run on UTC.
_SWEDEN = ZoneInfo("Europe/Stockholm")


def checked(request: SearchRequest) -> SearchRequest:
    """The request with its defaults filled in.

    Raises:
        InvalidInput: `query.empty`, `query.too_long`, `limit.out_of_range`, `date.invalid` or `principal.missing`.
    """
    # What UTF-8 cannot carry (lone surrogates) and NUL would break the stages that follow.
    query = request.query.encode("utf-8", "ignore").decode("utf-8").replace("\0", " ").strip()
    if not query:
        raise InvalidInput("query.empty", "Frågan är tom. (The question is empty.)")
    if len(query) > MAX_CHARACTERS:
        raise InvalidInput("query.too_long", f"Högst {MAX_CHARACTERS} tecken. (At most {MAX_CHARACTERS} characters.)")
    if request.limit > MAX_LIMIT:
        raise InvalidInput("limit.out_of_range", f"Högst {MAX_LIMIT} träffar. (At most {MAX_LIMIT} passages.)")
    if request.principal is None or not request.principal.authority:
        raise InvalidInput("principal.missing", "Frågan saknar myndighet. (The question names no authority.)")
    return SearchRequest(
        principal=request.principal,
        query=query,
        limit=request.limit or DEFAULT_LIMIT,
        as_of=_day(request.as_of),
        collections=list(request.collections),
        documents=list(request.documents),
    )


def _day(as_of: str) -> str:
    if not as_of:
        return datetime.now(_SWEDEN).date().isoformat()
    try:
        day = date.fromisoformat(as_of).isoformat()
    except ValueError:
        day = ""
    # fromisoformat also reads "20260102" and week dates, which the contract does not allow.
    if day != as_of:
        raise InvalidInput("date.invalid", "Datumet ska skrivas ÅÅÅÅ-MM-DD. (Dates are written YYYY-MM-DD.)")
    return day
