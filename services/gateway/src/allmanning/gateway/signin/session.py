"""One sign-in to the pages, from one browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from allmanning.gateway.signin.grant import Grant

Method = Literal["key", "password", "code", "passkey", "oidc"]


@dataclass(frozen=True)
class Session:
    """Times are seconds since 1970. `fresh_at` is when the person last proved who they are.

    `claimed_two`: the authority's own sign-in has told of two factors.
    """

    id: str
    holder: Grant
    method: Method
    device: str
    opened_at: float
    seen_at: float
    fresh_at: float
    expires_at: float
    claimed_two: bool = False
