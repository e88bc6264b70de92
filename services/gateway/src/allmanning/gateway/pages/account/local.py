"""Whose proofs are kept here: those of local accounts only."""

from __future__ import annotations

from fastapi import Request

from allmanning.gateway.asker import Asker, holder_of, session_of, signed_in
from allmanning.gateway.pages.staff import member
from allmanning.gateway.parts import parts_of
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.detour import SIGN_IN, Detour
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.runtime.errors import Conflict, Forbidden


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


def enrolling(request: Request) -> tuple[Asker, Account]:
    """Whoever may add a proof: as `local_account`, or with a password alone while the account has nothing else.

    Both have just proved who they are.

    Raises:
        Detour, Forbidden: as `local_account`, and to prove it again.
    """
    session = session_of(request)
    account = parts_of(request).reception.may_set_up(session) if session else None
    if session is None or account is None or signed_in(request) is not None:
        asker, account = local_account(request)
        require_fresh(request, asker)
        return asker, account
    if not parts_of(request).reception.sessions.is_fresh(session):
        raise Detour(SIGN_IN, account.actor)
    return holder_of(session), account


def last_factor() -> Conflict:
    """For whoever would take away the only second factor that is demanded of them."""
    return Conflict("account.last_factor", "Du måste ha ett andra steg. Lägg till ett annat innan du tar bort det här.")
