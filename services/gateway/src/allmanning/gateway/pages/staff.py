"""Pages for those who work here: who may see one, and where the others are sent."""

from __future__ import annotations

from fastapi import Request

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.asker import Asker, session_of, signed_in
from allmanning.gateway.parts import parts_of
from allmanning.gateway.signin import cookies
from allmanning.gateway.signin.detour import SET_UP, SIGN_IN, Detour
from allmanning.gateway.signin.permission import Permission


def member(request: Request) -> Asker:
    """The holder of the session, in whatever role. Raises `Detour`, as `staff`."""
    asker = signed_in(request)
    if asker is None:
        reception, session = parts_of(request).reception, session_of(request)
        if session is not None and reception.may_set_up(session):
            raise Detour(SET_UP, session.holder.actor)
        token = cookies.get_cookie(request, cookies.SESSION)
        raise Detour(SIGN_IN, reception.sessions.actor_of(token) if token else "")
    return asker


def staff(request: Request, *needed: Permission | Role) -> Asker:
    """The holder of the session, if they have one of these; whoever has not signed in is sent to do so.

    What somebody sends after their session has ended is kept, and shown to them again when they have signed in.

    Raises:
        Detour: to the sign-in page, or to where a second factor is set up, and back.
        Forbidden: `auth.forbidden`.
    """
    asker = member(request)
    asker.require(*needed)
    return asker
