"""Pages from templates: language, who is signed in, and how times and cited text are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache, partial
from itertools import groupby
from operator import attrgetter
from typing import Final, TypeVar

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.asker import public_authority, signed_in
from allmanning.gateway.contact import Contact
from allmanning.gateway.keys import Authority
from allmanning.gateway.language import COOKIE, LANGUAGES, page_language, translate
from allmanning.gateway.linked_text import linked_numbers
from allmanning.gateway.menu import main_menu, part_menu
from allmanning.gateway.parts import parts_of
from allmanning.gateway.static_files import ROOT, release
from allmanning.runtime.errors import NotFound
from allmanning.runtime.swedish_day import SWEDEN, today

T = TypeVar("T")

_YEAR_S: Final = 365 * 86_400


class ReleasedPaths(Extension):
    """Puts the release into the addresses of what pages load, when a template is compiled."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja's
        return source.replace(f'"{ROOT}/', f'"{ROOT}/~{release()}/')


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("allmanning.gateway", "web/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Templates change with a release; looking each time whether one has is a call to the file system for each part.
        auto_reload=False,
        extensions=[ReleasedPaths],
    )
    environment.filters["linked_numbers"] = linked_numbers
    environment.filters["runs"] = runs
    environment.globals["Role"] = Role
    return environment


def runs(items: Iterable[T], attribute: str) -> list[tuple[object, list[T]]]:
    """Items that follow each other with the same value of an attribute, together under that value."""
    return [(value, list(run)) for value, run in groupby(items, key=attrgetter(attribute))]


def fragment(request: Request, template: str, values: Mapping[str, object]) -> str:
    """A piece of a page, such as an answer, as HTML."""
    return _templates().get_template(template).render(**_surroundings(request), **values)


def render(
    request: Request,
    template: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page. A language chosen with `?lang=` is remembered in a cookie; otherwise none is set."""
    response = HTMLResponse(fragment(request, template, values), status_code=status, headers=dict(headers or {}))
    response.headers["Content-Language"] = page_language(request.query_params, request.headers)
    chosen = request.query_params.get(COOKIE, "")
    if chosen in LANGUAGES:
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, chosen, max_age=_YEAR_S, samesite="lax", httponly=True, secure=secure)
    return response


def _surroundings(request: Request) -> dict[str, object]:
    """What every template may use."""
    language = page_language(request.query_params, request.headers)
    asker = signed_in(request)
    role = asker.principal.role if asker else Role.CITIZEN
    other = next(each for each in LANGUAGES if each != language)
    authority = _authority(request, asker.principal.authority if asker else "")
    switch = request.url.include_query_params(lang=other)
    return {
        "_": partial(_translated, language),
        "lang": language,
        "other_language": other,
        # This page, whatever it is called: `//ond.se/` is a path that an address of its own would be made of.
        "switch": f"?{switch.query}",
        "path": request.url.path,
        "asker": asker,
        "role": role,
        "main_menu": main_menu(role),
        "part_menu": part_menu(role, request.url.path) if asker else None,
        "authority": authority,
        "contact": Contact.of(authority.contact),
        "moment": partial(_moment, language),
        "day": partial(_day, language),
        "clock": clock,
        "figure": partial(_figure, language),
        "share": partial(_share, language),
        "fine_share": partial(_fine_share, language),
    }


def authority_name(request: Request) -> str:
    """Whose page it is, as people say it."""
    asker = signed_in(request)
    return _authority(request, asker.principal.authority if asker else "").name


def _authority(request: Request, own: str) -> Authority:
    """The authority whose name stands on the page, also on the page that says that there is none."""
    try:
        return (parts_of(request).keyring.authority(own) if own else None) or public_authority(request)
    except NotFound:
        return Authority("", "Allmänning", "")


def _translated(language: str, text: str, **values: object) -> str:
    return translate(text, language, **values)


def _moment(language: str, timestamp: str) -> str:
    """An RFC 3339 time as people in Sweden write it; unchanged when it is something else."""
    try:
        when = datetime.fromisoformat(timestamp)
    except ValueError:
        return timestamp
    pattern = "d MMMM y HH:mm:ss" if language == "sv" else "d MMMM y, HH:mm:ss"
    return format_datetime(when, pattern, tzinfo=SWEDEN, locale=language)


def clock(timestamp: str) -> str:
    """The hour and minute in Sweden of an RFC 3339 time; unchanged when it is something else."""
    try:
        return f"{datetime.fromisoformat(timestamp).astimezone(SWEDEN):%H.%M}"
    except ValueError:
        return timestamp


def _day(language: str, date_text: str) -> str:
    """The day of an ISO date or time as people write it; unchanged when it is something else."""
    try:
        when = datetime.fromisoformat(date_text)
    except ValueError:
        return date_text
    return format_date(today(when) if when.tzinfo else when.date(), "d MMMM y", locale=language)


def _share(language: str, part: float) -> str:
    """A part of one as whole per cent."""
    return format_percent(part, locale=language)


def _fine_share(language: str, part: float) -> str:
    """A part of one as per cent with at most a decimal, where small differences matter."""
    return format_percent(round(part, 3), locale=language, decimal_quantization=False)


def _figure(language: str, number: float) -> str:
    return format_decimal(number, locale=language)
