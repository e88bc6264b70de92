"""Who asks: from a key, from a session, or nobody in particular."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.gateway.keys import Authority, Key
from allmanning.gateway.parts import Parts, parts_of
from allmanning.gateway.signin import cookies
from allmanning.gateway.signin.grant import Grant
from allmanning.gateway.signin.origin import SAFE, is_foreign
from allmanning.gateway.signin.permission import GRANTS, Permission, roles_with
from allmanning.gateway.signin.session import Session
from allmanning.runtime.errors import Forbidden, NotFound, Unauthenticated

STAFF: Final = (Role.CASEWORKER, Role.AUDITOR, Role.ADMIN)

_ROLE_WORDS: Final = {
    Role.CITIZEN: "invånare",
    Role.CASEWORKER: "handläggare",
    Role.AUDITOR: "revisor",
    Role.ADMIN: "administratör",
}


@dataclass(frozen=True)
class Asker:
    """A principal, with the key that was shown or the session that is open, if any."""

    principal: Principal
    key: Key | None = None
    session: Session | None = None

    @property
    def holder(self) -> Grant:
        """Whose key or session it is: who has done what is done.

        Raises:
            Unauthenticated: `auth.missing`, for somebody who has not said who they are.
        """
        held = self.session.holder if self.session else self.key
        if held is None:
            raise missing()
        return held

    def may(self, permission: Permission) -> bool:
        """Whether the asker's role has it."""
        return permission in GRANTS.get(self.principal.role, frozenset())

    def require(self, *needed: Permission | Role) -> None:
        """Let through whoever has one of these.

        Raises:
            Unauthenticated: `auth.missing`, for somebody who has not said who they are.
            Forbidden: `auth.forbidden`.
        """
        if any(self.may(each) if isinstance(each, Permission) else self.principal.role is each for each in needed):
            return
        if self.key is None and self.session is None:
            raise missing()
        roles = [role for each in needed for role in (roles_with(each) if isinstance(each, Permission) else (each,))]
        *others, last = [_ROLE_WORDS[role] for role in dict.fromkeys(roles)]
        words = f"{', '.join(others)} eller {last}" if others else last
        raise Forbidden("auth.forbidden", f"Din behörighet räcker inte. Det här kräver rollen {words}.")


def missing() -> Unauthenticated:
    return Unauthenticated("auth.missing", "Ange en API-nyckel i huvudet: Authorization: Bearer alm_…")


def keyed(request: Request) -> Asker:
    """The holder of the API key in the request.

    Raises:
        Unauthenticated: `auth.missing`, `auth.invalid`.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        raise missing()
    key = parts_of(request).keyring.key(token.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        raise Unauthenticated("auth.invalid", "API-nyckeln är okänd eller återkallad.")
    return Asker(key.principal("api"), key)


def session_of(request: Request) -> Session | None:
    """The session of the cookie, if there is one that has not ended; none in another site's form.

    It may have seen too little to be used: only `signed_in` tells who somebody is.
    """
    if request.method not in SAFE and is_foreign(request):
        return None
    token = cookies.get_cookie(request, cookies.SESSION)
    return parts_of(request).reception.sessions.find(token) if token else None


def signed_in(request: Request) -> Asker | None:
    """The holder of the session, when they have proved who they are in as many ways as is demanded of them."""
    session = session_of(request)
    if session is None or parts_of(request).reception.second_factor.is_missing(session):
        return None
    return holder_of(session)


def holder_of(session: Session) -> Asker:
    """The asker of a session."""
    key = session.holder if isinstance(session.holder, Key) else None
    return Asker(session.holder.principal("internal"), key, session)


def public_authority(request: Request) -> Authority:
    """The authority that a visitor without a key asks: `?authority=`, or the default one.

    Raises:
        NotFound: `authority.not_found`.
    """
    parts = parts_of(request)
    wanted = request.query_params.get("authority") or parts.settings.default_authority
    found = parts.keyring.authority(wanted) if wanted else parts.keyring.first_authority()
    if found is None:
        raise NotFound("authority.not_found", "Den myndigheten finns inte här.")
    return found


def visitor(request: Request) -> Asker:
    """Whoever looks at a page: signed in, or an anonymous citizen."""
    return signed_in(request) or anonymous(public_authority(request))


def anybody(request: Request) -> Asker:
    """For API calls that need no key, and take one into account."""
    if "authorization" in request.headers:
        return keyed(request)
    # Another site's page may make a browser call, but not in the name of whoever sits there.
    return anonymous(public_authority(request)) if is_foreign(request) else visitor(request)


def anonymous(authority: Authority) -> Asker:
    """A citizen who has not said who they are, and need not."""
    return Asker(Principal(authority=authority.id, role=Role.CITIZEN, channel="citizen", clearances=[Secrecy.OPEN]))


def reader_authority(request: Request, asker: Asker) -> str:
    """The authority whose thing is asked for: another's may be named, its access rule still decides."""
    return request.query_params.get("authority") or asker.principal.authority


Keyed = Annotated[Asker, Depends(keyed)]
Anybody = Annotated[Asker, Depends(anybody)]
Visitor = Annotated[Asker, Depends(visitor)]
TheParts = Annotated[Parts, Depends(parts_of)]
