"""An ID token is believed only when all that OpenID Connect Core 1.0 §3.1.3.7 asks for holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError

from allmanning.gateway.signin.oidc.claims import Claims
from allmanning.gateway.signin.oidc.issuer import Issuer
from allmanning.gateway.signin.oidc.settings import ProviderSettings
from allmanning.runtime.errors import Unauthenticated
from allmanning.runtime.record import Json

# Signatures with a key pair: a token that our own secret could have made, or none at all, is worth nothing.
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LEEWAY_S: Final = 60
_NO_KEY: Final = (InvalidKeyIdError, BadSignatureError)


async def believed(
    token: str,
    issuer: Issuer,
    settings: ProviderSettings,
    *,
    nonce: str,
    proved_after: float = 0.0,
    clock: Callable[[], float] = time.time,
) -> Claims:
    """The claims of a token that is right; `proved_after`: the person must have signed in there since (0: whenever).

    Raises:
        Unauthenticated: `provider.token`. Unavailable: `provider.unavailable`.
    """
    registry = jwt.JWTClaimsRegistry(
        now=round(clock()),
        leeway=_LEEWAY_S,
        iss={"essential": True, "value": settings.issuer},
        sub={"essential": True},
        aud={"essential": True, "value": settings.client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = await _signed(token, issuer)
        registry.validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise _wrong() from error
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != settings.client_id:
        raise _wrong()
    if "azp" in claims and claims["azp"] != settings.client_id:
        raise _wrong()
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise _wrong()
    if proved_after:
        proved = claims.get("auth_time")
        if not isinstance(proved, int | float) or proved < proved_after - _LEEWAY_S:
            raise _wrong()
    return claims


async def _signed(token: str, issuer: Issuer) -> dict[str, Json]:
    """The claims, when one of the issuer's keys signed them; after a rotation the keys are fetched anew."""
    offered = set((await issuer.metadata()).id_token_signing_alg_values_supported)
    algorithms = [each for each in _ALGORITHMS if each in offered]
    try:
        return jwt.decode(token, await issuer.keys(), algorithms=algorithms).claims
    except _NO_KEY:
        return jwt.decode(token, await issuer.keys(anew=True), algorithms=algorithms).claims


def _wrong() -> Unauthenticated:
    return Unauthenticated("provider.token", "Svaret från myndighetens inloggning går inte att lita på. Försök igen.")
