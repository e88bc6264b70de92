"""Whose proofs are kept here: those of local accounts only."""

from __future__ import annotations

from fastapi import Request

from allmanning.gateway.asker import Asker
from allmanning.gateway.pages.staff import member
from allmanning.gateway.signin.account import Account
from allmanning.runtime.errors import Forbidden


def local_account(request: Request) -> tuple[Asker, Account]:
    """Whoever is signed in with an account of ours.

    Raises:
        Detour: to the sign-in. Forbidden: `account.not_local`, for a key, or somebody whom an issuer signs in.
    """
    asker = member(request)
    holder = asker.session.holder if asker.session else None
    if not isinstance(holder, Account) or not holder.is_local:
        raise Forbidden("account.not_local", "Du loggar in på ett annat sätt. Det ändras där, inte här.")
    return asker, holder
