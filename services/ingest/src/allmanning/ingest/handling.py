"""A collection's rules on personal data: what is held, what is masked and what is let through, kind by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.ingest.v1.ingest_pb import Handling
from allmanning.index.personal.found import KINDS, NAME, PERSONNUMMER, PROTECTED_NAME
from allmanning.index.personal.protected import ProtectedNames
from allmanning.runtime.errors import InvalidInput

# For every kind that is not named.
OTHERS: Final = ""
_HELD_UNLESS_SAID: Final = frozenset({PERSONNUMMER, PROTECTED_NAME})


@dataclass(frozen=True)
class Rules:
    """What holds in one collection of an authority."""

    personal_data: Mapping[str, Handling] = field(default_factory=dict)
    protected: ProtectedNames = field(default_factory=lambda: ProtectedNames(()))

    def handling(self, kind: str, secrecy: Secrecy) -> Handling:
        """What becomes of personal data of a kind. Only what citizens may read is held or masked."""
        if secrecy in {Secrecy.INTERNAL, Secrecy.SECRET}:
            return Handling.ALLOW
        said = self.personal_data.get(kind, Handling.UNSPECIFIED)
        if said is Handling.UNSPECIFIED and kind not in {NAME, PROTECTED_NAME}:
            # Names are guessed, and protected ones are never forgotten: both are said by name or not at all.
            said = self.personal_data.get(OTHERS, Handling.UNSPECIFIED)
        if said is not Handling.UNSPECIFIED:
            return said
        return Handling.BLOCK if kind in _HELD_UNLESS_SAID else Handling.ALLOW

    def concerns_published(self, before: Rules) -> bool:
        """Whether what is published by the rules `before` may have to be read again under these."""
        kinds = [(before.handling(kind, Secrecy.OPEN), self.handling(kind, Secrecy.OPEN)) for kind in KINDS]
        return any(was is not becomes and was is not Handling.BLOCK for was, becomes in kinds)


def check(personal_data: Mapping[str, Handling]) -> None:
    """Raises `InvalidInput`: `personal_data.kind_unknown`, `personal_data.protected_name`."""
    unknown = set(personal_data) - {*KINDS, OTHERS}
    if unknown:
        known = ", ".join(KINDS)
        raise InvalidInput("personal_data.kind_unknown", f"Slagen av personuppgifter är {known}. (Unknown kind.)")
    if personal_data.get(PROTECTED_NAME) is Handling.ALLOW:
        raise InvalidInput(
            "personal_data.protected_name",
            "Skyddade namn släpps aldrig igenom: välj block eller mask. (Protected names can't be allowed.)",
        )
