"""What somebody may do: an authority, a role, and what narrows or widens it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import checked_authority

MAX_COMPETENCE_CHARS: Final = 60
MAX_UNIT_CHARS: Final = 100

ROLES: Final = {
    "citizen": Role.CITIZEN,
    "caseworker": Role.CASEWORKER,
    "auditor": Role.AUDITOR,
    "admin": Role.ADMIN,
}
NAMES: Final = {role: name for name, role in ROLES.items()}


@dataclass(frozen=True)
class Grant:
    """`id` is the pseudonym of the key or account; `secret` adds SECRET to a caseworker's clearances."""

    id: str
    authority: str
    role: Role
    unit: str = ""
    secret: bool = False
    # What the holder is competent to review, as the rules name it.
    competences: tuple[str, ...] = ()

    @property
    def actor(self) -> str:
        """Who acts, on record and where two must be different people. The same over all of one person's sessions."""
        return self.id

    def principal(self, channel: str) -> Principal:
        """The asker this stands for, coming in through `channel` ("internal" or "api").

        A citizen's channel is always "citizen": the rules for citizens hold whichever client they use.
        """
        return Principal(
            authority=self.authority,
            role=self.role,
            channel="citizen" if self.role is Role.CITIZEN else channel,
            unit=self.unit,
            clearances=self._clearances(),
            key_id=self.actor,
            competences=list(self.competences),
        )

    def _clearances(self) -> list[Secrecy]:
        if self.role is Role.CITIZEN:
            return [Secrecy.OPEN]
        if self.role is Role.CASEWORKER and self.secret:
            return [Secrecy.OPEN, Secrecy.INTERNAL, Secrecy.SECRET]
        return [Secrecy.OPEN, Secrecy.INTERNAL]


class Granted(TypedDict):
    """The fields of a grant, as keys and accounts are stored with them."""

    id: str
    authority: str
    role: Role
    unit: str
    secret: bool
    competences: tuple[str, ...]


GRANT_COLUMNS: Final = "id, authority, role, unit, secret, competences"


def granted_in(row: sqlite3.Row) -> Granted:
    """What a row that has the `GRANT_COLUMNS` grants."""
    return Granted(
        id=row["id"],
        authority=row["authority"],
        role=ROLES[row["role"]],
        unit=row["unit"],
        secret=bool(row["secret"]),
        competences=tuple(each for each in row["competences"].split(",") if each),
    )


def check_grant(authority: str, role: str, *, unit: str, secret: bool, competences: Sequence[str]) -> None:
    """That these may be given together.

    Raises:
        InvalidInput: `authority.invalid`; `field.invalid` for an unknown role, secret clearance without a unit, or a
            competence that is no single word.
    """
    checked_authority(authority)
    if any(
        not each or len(each) > MAX_COMPETENCE_CHARS or any(not c.isprintable() or c in ", " for c in each)
        for each in competences
    ):
        raise InvalidInput("field.invalid", "En kompetens ska vara ett ord, till exempel jurist. (A single word.)")
    if role not in ROLES:
        raise InvalidInput("field.invalid", f"Rollen ska vara en av: {', '.join(ROLES)}.")
    if secret and (role != "caseworker" or not unit):
        raise InvalidInput("field.invalid", "Sekretessbehörighet kräver rollen caseworker och en enhet.")
