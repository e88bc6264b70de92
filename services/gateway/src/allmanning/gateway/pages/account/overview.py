"""The page itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.signin.client import site_of
from allmanning.gateway.pages.staff import member
from allmanning.gateway.parts import parts_of
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.password_rules import LEAST_CHARS
from allmanning.gateway.signin.session import Session
from allmanning.runtime.errors import PlatformError

router = APIRouter()

Done = Literal["", "password", "codes_off", "passkey", "passkey_off", "session"]


@router.get("/account")
async def account_page(request: Request, parts: TheParts, done: Done = "") -> Response:
    """Who one is here, and where one is signed in."""
    del parts
    return overview(request, member(request), done=done)


def overview(request: Request, asker: Asker, *, done: Done = "", error: PlatformError | None = None) -> Response:
    """The page, with what was done just now or what was wrong with it."""
    reception = parts_of(request).reception
    session = asker.session
    holder = session.holder if session else None
    account = holder if isinstance(holder, Account) else None
    values = {
        "account": account,
        "done": done,
        "current": session.id if session else "",
        "sessions": [_row(each) for each in reception.sessions.of(holder)] if holder else [],
        "codes_left": reception.recovery_codes.left(account) if account else 0,
        "passkeys": reception.passkeys.of(account) if account else [],
        "can_have_passkeys": site_of(request).can_have_passkeys,
        "least": LEAST_CHARS,
    }
    return form_page(request, "account/overview.html", values, error)


def _row(session: Session) -> dict[str, str]:
    return {
        "id": session.id,
        "device": session.device,
        "opened_at": _moment(session.opened_at),
        "seen_at": _moment(session.seen_at),
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
