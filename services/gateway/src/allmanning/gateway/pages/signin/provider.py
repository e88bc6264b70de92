"""To an authority's own sign-in, and back."""

from __future__ import annotations

import asyncio
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from allmanning.gateway.asker import TheParts, session_of
from allmanning.gateway.pages.signin.choices import choices_page
from allmanning.gateway.pages.signin.client import site_of
from allmanning.gateway.pages.signin.completion import complete
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin import ceremonies, cookies
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.oidc.claims import Claims, granted, has_two_factors, name_of
from allmanning.gateway.signin.oidc.providers import Provider
from allmanning.runtime.errors import Forbidden, NotFound, PlatformError, Unauthenticated, Unavailable

router = APIRouter()

RETURN: Final = "/signin/oidc/return"
_KIND: Final = "oidc"


@router.get(RETURN)
async def come_back(request: Request, parts: TheParts) -> Response:
    """Whoever comes back is signed in as what their claims allow; nobody comes in by claims that we don't know."""
    reception = parts.reception
    begun = await reception.ceremonies.take(_KIND, cookies.get_cookie(request, cookies.CEREMONY))
    provider = reception.providers.get(begun["provider"]) if begun else None
    if begun is None or provider is None:
        # Another browser's answer, an old one, or one that nobody asked for.
        return choices_page(request, next_path="", wrong="over", status=Unauthenticated.status)
    next_path = begun["next_path"]
    query = {name: request.query_params.get(name, "") for name in ("code", "state", "iss")}
    try:
        claims = await provider.arrive(begun, query, site_of(request).origin + RETURN)
        account = await _account(parts, provider, claims)
    except (Unauthenticated, Forbidden, Unavailable) as error:
        return await _refused(request, parts, provider, error, next_path)
    two = has_two_factors(provider.settings, claims)
    response = await complete(request, account, "oidc", next_path, claimed_two=two)
    cookies.drop_cookie(request, response, cookies.CEREMONY)
    return response


@router.get("/signin/oidc/{name}")
async def leave(
    name: str, request: Request, parts: TheParts, next_path: Annotated[str, Query(max_length=4000)] = ""
) -> Response:
    """Send the browser there. Whoever is signed in already must prove it there once more.

    Raises:
        NotFound: `provider.not_found`.
    """
    provider = parts.reception.providers.get(name)
    if provider is None:
        raise NotFound("provider.not_found", "Den inloggningen finns inte här.")
    try:
        departure = await provider.depart(site_of(request).origin + RETURN, fresh=session_of(request) is not None)
    except Unavailable as error:
        return await _refused(request, parts, provider, error, next_path)
    token = await parts.reception.ceremonies.begin(_KIND, {**departure.facts, "next_path": next_path})
    response = RedirectResponse(departure.address, status_code=303)
    cookies.set_cookie(request, response, cookies.CEREMONY, token, lasts_s=ceremonies.LASTS_S)
    return response


async def _account(parts: Parts, provider: Provider, claims: Claims) -> Account:
    """The account of the claims' person, as the claims say now.

    Raises:
        Forbidden: `provider.no_role`, also for an account that was closed here, and for an authority not known here;
            `provider.one_factor`.
    """
    found = granted(provider.settings, claims)
    if found is None or parts.keyring.authority(found[0].authority) is None:
        raise _no_role()
    rule, unit = found
    if parts.reception.second_factor.demanded_of(rule.authority, rule.role) and not has_two_factors(
        provider.settings, claims
    ):
        raise Forbidden(
            "provider.one_factor", "Du behöver logga in hos myndigheten i två steg, med till exempel kort eller app."
        )
    account = await asyncio.to_thread(
        parts.reception.accounts.put_foreign,
        provider.settings.issuer,
        str(claims["sub"]),
        name_of(provider.settings, claims),
        rule.authority,
        rule.role,
        unit,
        secret=rule.secret,
        competences=rule.competences,
    )
    if account.disabled_at:
        raise _no_role()
    return account


def _no_role() -> Forbidden:
    return Forbidden("provider.no_role", "Du är inloggad hos myndigheten men har ingen behörighet här.")


async def _refused(
    request: Request, parts: Parts, provider: Provider, error: PlatformError, next_path: str
) -> Response:
    why: Literal["one_factor", "no_role", "provider"] = "provider"
    if isinstance(error, Forbidden):
        why = "one_factor" if error.code == "provider.one_factor" else "no_role"
    await parts.reception.events.failed(provider.settings.authorities[0], "oidc", why)
    return choices_page(request, next_path=next_path, wrong=why, status=error.status)
