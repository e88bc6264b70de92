"""Each authority's quota: as the operator's file has it, until somebody sets another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict

from allmanning.generate.admission.quota import Quota
from allmanning.generate.authorities import Authorities
from allmanning.generate.kept import MAX_CHANGES, Keeping, Kept, KeptByAuthority
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict, Unavailable

BUCKET: Final = "quotas"


class QuotaChange(BaseModel):
    """One change: by whom (a pseudonym), and the record of it."""

    model_config = ConfigDict(frozen=True)

    at: str
    by: str
    operator: bool
    record: str
    before: Quota
    after: Quota


class KeptQuota(Kept):
    """What is in force, with the latest changes, newest first. `revision` 0: the operator's file."""

    quota: Quota
    changes: tuple[QuotaChange, ...] = ()


class Quotas:
    """Looks quotas up, and keeps other ones. Also the weights of the queue (`queue.Weights`)."""

    def __init__(self, bus: Bus, authorities: Authorities, channels: Mapping[str, float]) -> None:
        """`channels`: weights of the channels there are, for an authority that has set none."""
        self.channels = channels
        self._authorities = authorities
        self._kept = KeptByAuthority(bus, Keeping(BUCKET, KeptQuota, self._by_file, _unavailable, changed_meanwhile))

    def of(self, authority: str) -> Quota:
        """As it was known last."""
        return self._kept.known(authority).quota

    def of_authority(self, authority: str) -> float:
        return self.of(authority).weight

    def of_channel(self, authority: str, channel: str) -> float:
        return self.of(authority).of_channel(channel)

    async def now(self, authority: str) -> Quota:
        """At most half a second old; while the bucket does not answer, the last known.

        Raises:
            Unavailable: `quota.unavailable`, when none is known: an unknown limit allows nothing.
        """
        return (await self._kept.now(authority)).quota

    async def read(self, authority: str) -> KeptQuota:
        """What is kept now. Raises `Unavailable`: `quota.unavailable`."""
        return await self._kept.read(authority)

    async def put(self, authority: str, before: KeptQuota, change: QuotaChange) -> KeptQuota:
        """Keep a changed quota in place of `before`.

        Raises:
            Conflict: `quota.changed`, when somebody else has meanwhile. Unavailable: `quota.unavailable`.
        """
        after = KeptQuota(quota=change.after, changes=(change, *before.changes)[:MAX_CHANGES])
        return await self._kept.put(authority, before, after)

    def _by_file(self, authority: str) -> KeptQuota:
        share = self._authorities.of(authority).share
        return KeptQuota(
            quota=Quota(weight=share.weight, tokens_per_day=share.tokens_per_day, channel_weights=self.channels)
        )


def changed_meanwhile() -> Conflict:
    return Conflict(
        "quota.changed", "Någon annan har ändrat kvoten medan du skrev. Ladda om, se vad som gäller nu och försök igen."
    )


def _unavailable() -> Unavailable:
    return Unavailable("quota.unavailable", "Kvoterna går inte att läsa eller ändra just nu. Försök igen om en stund.")
