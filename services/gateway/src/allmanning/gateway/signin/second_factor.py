"""Who must prove who they are in two ways.

NIST SP 800-63B-4 (2025) 2.2: at AAL2 with two factors; a passkey whose authenticator has verified its person is both.
A key is one factor, however long, so whom this is demanded of signs in to the pages with an account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from allmanning.gateway.signin.grant import NAMES, ROLES, Grant
from allmanning.gateway.signin.session import Method, Session
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import checked_authority

_TWO_FACTORS: Final[frozenset[Method]] = frozenset({"code", "passkey"})
_EVERY: Final = "*"


@dataclass(frozen=True)
class SecondFactor:
    """Pairs of an authority and a role; `*` is every one."""

    demanded: Sequence[tuple[str, str]] = ()

    @classmethod
    def of(cls, text: str) -> Self:
        """From a setting such as `admin, exempelby/caseworker, annanby/*`.

        Raises:
            InvalidInput: `second_factor.invalid`: a word that is misspelt must not leave somebody unprotected.
        """
        demanded = []
        for word in (each.strip() for each in text.split(",") if each.strip()):
            first, slash, last = word.partition("/")
            authority, role = (first, last) if slash else (_EVERY, first)
            try:
                if authority != _EVERY:
                    checked_authority(authority)
            except InvalidInput as error:
                raise _invalid(word) from error
            if role not in {*ROLES, _EVERY} or (role == _EVERY and not slash):
                raise _invalid(word)
            demanded.append((authority, role))
        return cls(tuple(demanded))

    def demanded_of(self, authority: str, role: str) -> bool:
        """Whether people in this role there must prove who they are in two ways."""
        return any(a in {authority, _EVERY} and r in {role, _EVERY} for a, r in self.demanded)

    def demanded_of_holder(self, holder: Grant) -> bool:
        """The same, of whoever an account or a key belongs to."""
        return self.demanded_of(holder.authority, NAMES[holder.role])

    def is_missing(self, session: Session) -> bool:
        """Whether a session has seen too little to be used; also one that was opened when less was demanded."""
        has_two = session.method in _TWO_FACTORS or session.claimed_two
        return not has_two and self.demanded_of_holder(session.holder)


def _invalid(word: str) -> InvalidInput:
    return InvalidInput(
        "second_factor.invalid",
        f"ALLMANNING_SECOND_FACTOR: {word} är varken en roll ({', '.join(ROLES)}) eller myndighet/roll.",
    )
