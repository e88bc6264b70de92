"""Swedish and English: which one a reader gets, and the catalogue that translates.

Swedish is the source: a text stands in the code in Swedish, and `catalogue/en/*.po` have it in English. Errors are
translated by their stable code (the message context "error"), because services word them in Swedish with details. A
service whose details an English reader needs too ends its message with them: "Rad 2 är tom. (Row 2 is empty.)"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from http.cookies import CookieError, SimpleCookie
from importlib.resources import files
from typing import Final

from babel.messages.pofile import read_po
from starlette.datastructures import Headers

from allmanning.gateway.problem_codes import problem_codes

LANGUAGES: Final = ("sv", "en")
COOKIE: Final = "lang"

_BOTH: Final = re.compile(r"(?P<swedish>.+[.!?]) \((?P<english>[A-Z].*[.!?])\)", re.DOTALL)


@cache
def english() -> Mapping[tuple[str, str], str]:
    """Each text in English by its context and the text itself: a page looks up a hundred."""
    found = {}
    for path in sorted((files("allmanning.gateway") / "catalogue" / "en").iterdir(), key=lambda each: each.name):
        with path.open("rb") as lines:
            for each in read_po(lines, locale="en"):
                if each.id and each.string:
                    found[each.context or "", str(each.id)] = str(each.string)
    return found


def marked(text: str) -> str:
    """`text` as it stands, marked for the catalogue: it is translated where it is shown."""
    return text


def translate(text: str, language: str, **values: object) -> str:
    """`text`, which is Swedish, in `language`, with `{name}` replaced by values."""
    if language == "en":
        text = english().get(("", text), text)
    return text.format(**values) if values else text


def error_message(code: str, message: str, language: str) -> str:
    """What to tell of the error `code`; its own Swedish `message` unless English is wanted and known."""
    both = _BOTH.fullmatch(message)
    if language == "en":
        if found := english().get(("error", code)):
            return found
        if both:
            return both["english"]
        known = problem_codes().get(code)
        return known.english if known else message
    return both["swedish"] if both else message


def page_language(query: Mapping[str, str], headers: Headers) -> str:
    """The language of a page: chosen now, chosen before, or Swedish."""
    chosen = query.get("lang", "")
    if chosen in LANGUAGES:
        return chosen
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        cookie = None
    return cookie.value if cookie and cookie.value in LANGUAGES else LANGUAGES[0]


def api_language(headers: Headers) -> str:
    """The language of an API error: the first of ours that Accept-Language names, or Swedish."""
    ranked: list[tuple[float, str]] = []
    for part in headers.get("accept-language", "").split(","):
        tag, _, parameters = part.strip().partition(";")
        language = tag.lower().partition("-")[0]
        if language in LANGUAGES:
            ranked.append((-_quality(parameters), language))
    # Sorting is stable: of equals, the first named wins.
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else LANGUAGES[0]


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0
