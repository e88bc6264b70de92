"""What each authority has chosen, in force for the next question."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from allmanning.generate.choices.choice import Choice
from allmanning.generate.kept import MAX_CHANGES, Keeping, Kept, KeptByAuthority
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict, Unavailable

BUCKET: Final = "choices"


class ChoiceChange(BaseModel):
    """One change: by whom (a pseudonym), why, and the record of it."""

    model_config = ConfigDict(frozen=True)

    at: str
    by: str
    reason: str
    record: str
    before: Choice
    after: Choice


class KeptChoice(Kept):
    """What is in force, with the latest changes, newest first. `revision` 0: nothing was chosen."""

    choice: Choice = Choice()
    changes: tuple[ChoiceChange, ...] = ()


class Choices:
    """Looks choices up, and keeps other ones."""

    def __init__(self, bus: Bus) -> None:
        unchosen = KeptChoice()
        self._kept = KeptByAuthority(
            bus, Keeping(BUCKET, KeptChoice, lambda _: unchosen, _unavailable, changed_meanwhile)
        )

    async def now(self, authority: str) -> Choice:
        """At most half a second old; while the bucket does not answer, the last known.

        Raises:
            Unavailable: `choice.unavailable`, when none is known.
        """
        return (await self._kept.now(authority)).choice

    async def read(self, authority: str) -> KeptChoice:
        """What is kept now. Raises `Unavailable`: `choice.unavailable`."""
        return await self._kept.read(authority)

    async def put(self, authority: str, before: KeptChoice, change: ChoiceChange) -> KeptChoice:
        """Keep a choice in place of `before`.

        Raises:
            Conflict: `choice.changed`, when somebody else has meanwhile. Unavailable: `choice.unavailable`.
        """
        after = KeptChoice(choice=change.after, changes=(change, *before.changes)[:MAX_CHANGES])
        return await self._kept.put(authority, before, after)


def changed_meanwhile() -> Conflict:
    return Conflict(
        "choice.changed", "Någon annan har ändrat medan du skrev. Ladda om sidan, se vad som gäller nu och försök igen."
    )


def _unavailable() -> Unavailable:
    return Unavailable(
        "choice.unavailable",
        "Det går inte att läsa eller ändra vad myndigheten har valt just nu. Försök igen om en stund.",
    )
