"""What a detector found, and the kinds there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Personnummer, samordningsnummer and interim numbers alike: one rule of a collection holds for all of them.
PERSONNUMMER: Final = "personnummer"
PHONE: Final = "phone"
EMAIL: Final = "email"
ADDRESS: Final = "address"
ACCOUNT: Final = "account"
CARD: Final = "card"
# On the authority's own list.
PROTECTED_NAME: Final = "protected_name"
# By simple means: good enough to count, not to decide by.
NAME: Final = "name"

KINDS: Final = (PERSONNUMMER, PHONE, EMAIL, ADDRESS, ACCOUNT, CARD, PROTECTED_NAME, NAME)


@dataclass(frozen=True, slots=True)
class Found:
    """Characters `start` to `end` (exclusive) of the text. `valid`: its check digits are right, or it has none."""

    kind: str
    start: int
    end: int
    valid: bool = True

    def overlaps(self, other: Found) -> bool:
        return self.start < other.end and other.start < self.end
