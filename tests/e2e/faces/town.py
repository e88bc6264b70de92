"""Two towns on one platform, and everybody who may ask for what is in the first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2

from allmanning.gateway.keyring import Keyring
from allmanning.gateway.keys import create_key, put_authority, revoke_key
from allmanning.gateway.signin.accounts import Accounts
from allmanning.gateway.signin.grant import Grant
from allmanning.gateway.signin.session import Method
from allmanning.gateway.signin.sessions import Sessions
from tests.platform_node import Platform

OURS: Final = "kvarnby"
THEIRS: Final = "sjoby"
ROLES: Final = ("citizen", "caseworker", "auditor", "admin")
# Demands two factors of everybody (tests/e2e/conftest.py).
STRICT: Final = "tvafaktorby"
# An administrator who proved who they are eleven minutes ago.
STALE: Final = "admin of a while ago"
# An administrator who has proved who they are in one way, where two are demanded.
HALFWAY: Final = "admin without a second factor"
# Sessions that are worth nothing any more, or never were.
OVER: Final = (
    "signed out",
    "idle",
    "of a closed account",
    "of a revoked key",
    "of a key where two factors are demanded",
    "made up",
)


@dataclass
class Town:
    """The platform's address, a key and a session of each asker, and what is there, by the name of its parameter."""

    url: str
    data: Path
    ours: str = OURS
    keys: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    holders: dict[str, Grant] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    client: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=60))

    def api(self, method: str, path: str, role: str, **values: Any) -> Mapping[str, Any]:
        """What a program gets; nothing is refused."""
        headers = {"Authorization": f"Bearer {self.keys[role]}"}
        answer = self.client.request(method, self.url + path, headers=headers, **values)
        assert answer.status_code < 300, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else {}

    def page(self, method: str, path: str, asker: str, **values: Any) -> httpx2.Response:
        """What a browser gets; errors are told as to a program, so that their code shows."""
        headers = self._headers(asker) | values.pop("headers", {})
        return self.client.request(method, self.url + path, headers=headers, **values)

    @contextmanager
    def listening(self, path: str, asker: str) -> Iterator[httpx2.Response]:
        """The head of an answer that never ends."""
        with self.client.stream("GET", self.url + path, headers=self._headers(asker)) as answer:
            if answer.status_code >= 300:
                answer.read()
            yield answer

    def sign_in_again(self) -> None:
        """New sessions for those with a role: other tests end theirs."""
        lobby = Lobby(self.data)
        self.sessions |= {asker: lobby.signed_in(holder) for asker, holder in self.holders.items()}
        lobby.close()

    def _headers(self, asker: str) -> dict[str, str]:
        session = self.sessions.get(asker)
        return {"Accept": "application/json"} | ({"Cookie": f"session={session}"} if session else {})


class Lobby:
    """Signs people in behind the gateway's back, at any time."""

    def __init__(self, data: Path) -> None:
        self._keyring = Keyring(data)
        self._keyring.warm_up()
        self.accounts = Accounts(self._keyring.database)

    def key(self, token: str) -> Grant:
        found = self._keyring.key(token)
        assert found is not None
        return found

    def signed_in(self, holder: Grant, *, ago_s: float = 0, method: Method = "key") -> str:
        """The token of a session that was opened and used at that time."""
        token, _ = asyncio.run(self._sessions(ago_s).open(holder, method, "Firefox"))
        return token

    def signed_out(self, holder: Grant) -> str:
        token = self.signed_in(holder)
        asyncio.run(self._sessions(0).end(token))
        return token

    def _sessions(self, ago_s: float) -> Sessions:
        clock = lambda: time.time() - ago_s  # noqa: E731
        return Sessions(self._keyring.database, idle_s=3600, lasts_s=9 * 3600, clock=clock)

    def close(self) -> None:
        self._keyring.close()


def populated(demo: Platform) -> Town:
    """Both towns with their people: four roles in each, and those whose sessions are over."""
    town = Town(demo.url, demo.data, OURS)
    put_authority(demo.data, OURS, "Kvarnby kommun", "0123-45 67 89")
    put_authority(demo.data, THEIRS, "Sjöby kommun", "0123-45 67 80")
    lobby = Lobby(demo.data)
    for authority, of in ((OURS, ""), (THEIRS, "other ")):
        for role in ROLES:
            holder = lobby.accounts.create(authority, f"{role}@{authority}.se", role, by=None)
            town.holders[of + role] = holder
            town.sessions[of + role] = lobby.signed_in(holder)
            town.keys[of + role] = create_key(demo.data, authority, role)
    town.keys |= {"second": create_key(demo.data, OURS, "admin"), "ended": create_key(demo.data, OURS, "admin")}
    # Not the one whose session the others' tests use: some forms end all of a person's.
    admin, ended = lobby.accounts.create(OURS, f"second@{OURS}.se", "admin", by=None), lobby.key(town.keys["ended"])
    back = lobby.accounts.create(OURS, f"back@{OURS}.se", "admin", by=None)
    closed = lobby.accounts.create(OURS, f"closed@{OURS}.se", "admin", by=None)
    halfway = lobby.accounts.create(STRICT, f"{time.time_ns()}@{STRICT}.se", "admin", by=None)
    town.sessions |= {
        STALE: lobby.signed_in(admin, ago_s=660),
        "signed in again": lobby.signed_in(back),
        "signed out": lobby.signed_out(back),
        "idle": lobby.signed_in(admin, ago_s=2 * 3600),
        "of a closed account": lobby.signed_in(closed),
        "of a revoked key": lobby.signed_in(ended),
        "made up": "x" * 43,
        HALFWAY: lobby.signed_in(halfway, method="password"),
        "of a key where two factors are demanded": lobby.signed_in(lobby.key(create_key(demo.data, STRICT, "admin"))),
    }
    lobby.accounts.set_disabled(closed, disabled=True, by=None)
    revoke_key(demo.data, OURS, ended.id)
    lobby.close()
    return town
