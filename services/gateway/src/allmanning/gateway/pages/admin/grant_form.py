"""What an administrator fills in to let somebody, or a program, do something."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.language import marked

# Least first: what stands first in a list is what gets chosen.
ROLE_WORDS = {
    "caseworker": marked("Handläggare: söker, läser internt, granskar svar"),
    "auditor": marked("Revisor: läser beslutsloggen"),
    "admin": marked("Administratör: dokument, regler, konton"),
    "citizen": marked("Invånare: frågar och läser det öppna"),
}
SHORT_WORDS = {
    Role.CITIZEN: marked("Invånare"),
    Role.CASEWORKER: marked("Handläggare"),
    Role.AUDITOR: marked("Revisor"),
    Role.ADMIN: marked("Administratör"),
}
# What stands in the fields before anything is filled in.
BLANK = {"role": "caseworker", "unit": "", "secret": False, "competences": ""}


class GrantForm:
    """The fields that accounts and keys have in common, as FastAPI reads them from a form."""

    def __init__(
        self,
        role: Annotated[str, Form(max_length=20)] = "",
        unit: Annotated[str, Form(max_length=100)] = "",
        competences: Annotated[str, Form(max_length=500)] = "",
        *,
        secret: Annotated[bool, Form()] = False,
    ) -> None:
        self.role = role
        self.unit = unit.strip()
        self.secret = secret
        self.competences = competences.replace(",", " ").split()

    def values(self) -> dict[str, object]:
        """What stood in the fields, to be shown again."""
        return {"role": self.role, "unit": self.unit, "secret": self.secret, "competences": " ".join(self.competences)}
