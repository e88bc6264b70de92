"""The issuer's side: what it says of itself, its keys, and the exchange of a code for a token."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, ValidationError

from allmanning.gateway.signin.oidc.settings import ProviderSettings
from allmanning.runtime.errors import Unavailable

_KEY_TYPES: Final = frozenset({"RSA", "EC", "OKP"})
_TIMEOUT_S: Final = 10.0
_KNOWN_FOR_S: Final = 3_600.0
# A token with a key that we don't know makes us look again, but not more often than this.
_LOOK_AGAIN_S: Final = 30.0


class Metadata(BaseModel):
    """OpenID Connect Discovery 1.0 §3, as far as we use it."""

    model_config = ConfigDict(extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    id_token_signing_alg_values_supported: list[str] = ["RS256"]
    authorization_response_iss_parameter_supported: bool = False


class Issuer:
    """Asks one issuer, and remembers for an hour what it says of itself."""

    def __init__(
        self, settings: ProviderSettings, http: httpx2.AsyncClient, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def metadata(self) -> Metadata:
        """Raises Unavailable: `provider.unavailable`, also when it names another issuer than ours (Discovery §4.3)."""
        if self._metadata is None or self._clock() - self._metadata[0] > _KNOWN_FOR_S:
            address = self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
            try:
                found = Metadata.model_validate_json(await self._get(address))
            except ValidationError as error:
                raise _unavailable() from error
            if found.issuer != self._settings.issuer:
                raise _unavailable()
            self._metadata = (self._clock(), found)
        return self._metadata[1]

    async def keys(self, *, anew: bool = False) -> KeySet:
        """The issuer's signing keys; `anew` when a token is signed with one that we don't know. Raises as above."""
        known = self._keys
        age_s = self._clock() - known[0] if known else _KNOWN_FOR_S + 1
        if known is None or age_s > _KNOWN_FOR_S or (anew and age_s > _LOOK_AGAIN_S):
            text = await self._get((await self.metadata()).jwks_uri)
            try:
                known = (self._clock(), _signing_keys(text))
            except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
                raise _unavailable() from error
            self._keys = known
        return known[1]

    async def exchange(self, code: str, verifier: str, redirect_uri: str) -> str:
        """The ID token for a code; empty when the issuer refuses the code. Raises as above."""
        metadata = await self.metadata()
        secret = self._settings.secret()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        auth: httpx2.Auth = httpx2.Auth()
        if secret and "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            # RFC 6749 2.3.1: both are form-encoded before they are put together.
            auth = httpx2.BasicAuth(quote(self._settings.client_id, safe=""), quote(secret, safe=""))
        else:
            form |= {"client_id": self._settings.client_id} | ({"client_secret": secret} if secret else {})
        try:
            answer = await self._http.post(
                metadata.token_endpoint, data=form, auth=auth, headers={"Accept": "application/json"}
            )
            if answer.status_code >= 500:
                raise _unavailable()
            said = answer.json() if answer.status_code == 200 else {}
        except (httpx2.HTTPError, ValueError) as error:
            raise _unavailable() from error
        token = said.get("id_token") if isinstance(said, dict) else None
        return token if isinstance(token, str) else ""

    async def _get(self, address: str) -> str:
        try:
            answer = await self._http.get(address, headers={"Accept": "application/json"})
        except httpx2.HTTPError as error:
            raise _unavailable() from error
        if answer.status_code != 200:
            raise _unavailable()
        return answer.text


def _signing_keys(text: str) -> KeySet:
    """The set's keys for signatures; one of a kind that we don't know is left out."""
    found = json.loads(text)["keys"]
    kept = [each for each in found if each.get("use", "sig") == "sig" and each.get("kty") in _KEY_TYPES]
    return KeySet.import_key_set({"keys": kept})


def http_client() -> httpx2.AsyncClient:
    """A client that follows nothing and waits ten seconds."""
    return httpx2.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False)


def _unavailable() -> Unavailable:
    return Unavailable("provider.unavailable", "Myndighetens inloggning svarar inte just nu. Försök igen om en stund.")
