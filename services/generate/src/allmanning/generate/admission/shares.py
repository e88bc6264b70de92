"""How places are shared, as the operator has set it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from allmanning.generate.authorities import Authorities

BATCH: Final = "batch"
"""The channel of questions that nobody waits for at a screen, whoever asks them."""


class Shares:
    """Weights of authorities, and of channels within each."""

    def __init__(self, authorities: Authorities, channels: Mapping[str, float]) -> None:
        """`channels`: weight by name; a channel that is not named weighs as little as the lightest."""
        self._authorities = authorities
        self.channels = channels
        self._lightest = min(channels.values(), default=1.0)

    def of_authority(self, authority: str) -> float:
        return self._authorities.of(authority).share.weight

    def of_channel(self, channel: str) -> float:
        return self.channels.get(channel, self._lightest)
