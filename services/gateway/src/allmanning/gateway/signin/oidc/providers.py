"""The authorities' own sign-ins that this platform knows."""

from __future__ import annotations

import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

import httpx2

from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.grant import Grant
from allmanning.gateway.signin.oidc.claims import Claims
from allmanning.gateway.signin.oidc.id_token import believed
from allmanning.gateway.signin.oidc.issuer import Issuer
from allmanning.gateway.signin.oidc.settings import ProviderSettings
from allmanning.runtime.errors import Unauthenticated


@dataclass(frozen=True)
class Departure:
    """Where the browser is sent, and what must be remembered until it comes back."""

    address: str
    facts: Mapping[str, str]


class Provider:
    """One of them: sends people there, and judges what they come back with."""

    def __init__(
        self, settings: ProviderSettings, http: httpx2.AsyncClient, clock: Callable[[], float] = time.time
    ) -> None:
        self.settings = settings
        self._issuer = Issuer(settings, http, clock)
        self._clock = clock

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def label(self) -> str:
        return self.settings.label

    async def depart(self, redirect_uri: str, *, fresh: bool) -> Departure:
        """Begin; `fresh`: the person must sign in there again even if they have. Raises Unavailable."""
        metadata = await self._issuer.metadata()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self.settings.scopes),
            "state": state,
            "nonce": nonce,
            # RFC 7636: a code that was caught on the way is worth nothing without the verifier.
            "code_challenge": urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if levels := self.settings.second_factor.get("acr"):
            query["acr_values"] = " ".join(levels)
        if fresh:
            query |= {"prompt": "login", "max_age": "0"}
        facts = {
            "provider": self.name,
            "state": state,
            "nonce": nonce,
            "verifier": verifier,
            "proved_after": str(self._clock()) if fresh else "0",
        }
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        return Departure(f"{metadata.authorization_endpoint}{joint}{urlencode(query)}", facts)

    async def arrive(self, facts: Mapping[str, str], query: Mapping[str, str], redirect_uri: str) -> Claims:
        """The claims of whoever comes back.

        Raises:
            Unauthenticated: `provider.token`, `provider.refused`. Unavailable: `provider.unavailable`.
        """
        metadata = await self._issuer.metadata()
        issuer = query.get("iss", "")
        # RFC 9207: the answer says whose it is, so that one issuer's is not taken for another's.
        if (issuer or metadata.authorization_response_iss_parameter_supported) and issuer != self.settings.issuer:
            raise _refused()
        if not query.get("code") or not secrets.compare_digest(query.get("state", ""), facts["state"]):
            raise _refused()
        token = await self._issuer.exchange(query["code"], facts["verifier"], redirect_uri)
        if not token:
            raise _refused()
        return await believed(
            token,
            self._issuer,
            self.settings,
            nonce=facts["nonce"],
            proved_after=float(facts["proved_after"]),
            clock=self._clock,
        )

    async def farewell(self, back: str) -> str:
        """Where the person ends their session there too (RP-Initiated Logout 1.0); empty when there is no such place.

        Without an ID token as hint, which we would have to keep: the issuer asks the person instead.
        """
        address = (await self._issuer.metadata()).end_session_endpoint
        query = urlencode({"client_id": self.settings.client_id, "post_logout_redirect_uri": back})
        return f"{address}{'&' if '?' in address else '?'}{query}" if address else ""


class Providers:
    """All of them."""

    def __init__(self, settings: Sequence[ProviderSettings], http: httpx2.AsyncClient) -> None:
        self._http = http
        self._providers = {each.name: Provider(each, http) for each in settings}

    def all(self) -> list[Provider]:
        """In the order of the file."""
        return list(self._providers.values())

    def get(self, name: str) -> Provider | None:
        """The provider with this name."""
        return self._providers.get(name)

    def of_holder(self, holder: Grant) -> list[Provider]:
        """The one that signed the holder of an account in, if any."""
        issuer = holder.issuer if isinstance(holder, Account) else ""
        return [each for each in self._providers.values() if each.settings.issuer == issuer]

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _refused() -> Unauthenticated:
    return Unauthenticated("provider.refused", "Myndighetens inloggning släppte inte in dig. Försök igen.")
