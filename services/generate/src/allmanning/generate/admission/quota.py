"""What an authority may use of the common resources, and of its own within that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from allmanning.contracts.generate.v1 import generate_pb as proto
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

BATCH: Final = "batch"
"""The channel of questions that nobody waits for at a screen, whoever asks them."""
MAX_WEIGHT: Final = 1000.0
# RFC 8785 has no larger whole number.
MAX_TOKENS: Final = 2**53 - 1

Weight = Annotated[float, Field(gt=0, le=MAX_WEIGHT, allow_inf_nan=False)]
Tokens = Annotated[int, Field(ge=0, le=MAX_TOKENS)]
_SAID: Final[Mapping[str, tuple[str, str]]] = {
    "weight": ("vikten ska vara ett tal över 0 och högst 1000", "the weight is a number above 0, 1000 at most"),
    "tokens_per_day": (
        "antalet om dagen ska vara ett heltal, 0 för ingen gräns",
        "the number a day is a whole one, 0 for no limit",
    ),
    "own_tokens_per_day": (
        "den egna gränsen ska vara ett heltal, 0 för ingen gräns",
        "the own limit is a whole number, 0 for none",
    ),
    "channel_weights": (
        "varje kanals vikt ska vara ett tal över 0 och högst 1000",
        "each channel's weight is a number above 0, 1000 at most",
    ),
}


class Quota(BaseModel):
    """`weight` and `tokens_per_day` are a part of what all share; the others share out what is the authority's own.

    Tokens are of models, read and written, on a Swedish day; 0 is no limit.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: Weight = 1.0
    tokens_per_day: Tokens = 0
    own_tokens_per_day: Tokens = 0
    channel_weights: Mapping[str, Weight] = Field(default_factory=dict)

    @property
    def limit(self) -> int:
        """Tokens that may be used on a day: the lower of both limits, 0 when there is none."""
        return min((each for each in (self.tokens_per_day, self.own_tokens_per_day) if each), default=0)

    @property
    def common(self) -> tuple[float, int]:
        """What is taken from what all share."""
        return self.weight, self.tokens_per_day

    def of_channel(self, channel: str) -> float:
        """A channel that is not named weighs as little as the lightest."""
        return self.channel_weights.get(channel, min(self.channel_weights.values(), default=1.0))

    def message(self) -> proto.Quota:
        return proto.Quota(**self.model_dump())

    def facts(self) -> dict[str, Json]:
        """For a record."""
        facts: dict[str, Json] = self.model_dump(mode="json")
        return facts

    @classmethod
    def of(cls, message: proto.Quota | None, channels: Mapping[str, float]) -> Quota:
        """What somebody asks for, of the `channels` that there are.

        Raises:
            InvalidInput: `quota.invalid`.
        """
        if message is None:
            raise _invalid("kvoten saknas", "there is none")
        if set(message.channel_weights) != set(channels):
            named = ", ".join(channels)
            raise _invalid(
                f"vikter ska anges för kanalerna {named} och inga andra",
                f"weights are for the channels {named} and no others",
            )
        try:
            quota = cls(
                weight=message.weight,
                tokens_per_day=message.tokens_per_day,
                own_tokens_per_day=message.own_tokens_per_day,
                channel_weights=dict(message.channel_weights),
            )
        except ValidationError as error:
            raise _invalid(*_SAID[str(error.errors()[0]["loc"][0])]) from error
        if quota.tokens_per_day and quota.own_tokens_per_day > quota.tokens_per_day:
            raise _invalid(
                "den egna gränsen kan inte vara högre än den som gäller för myndigheten",
                "the own limit can't be higher than the authority's",
            )
        return quota


def _invalid(why: str, in_english: str) -> InvalidInput:
    return InvalidInput(
        "quota.invalid", f"Kvoten går inte att använda: {why}. (The quota can't be used: {in_english}.)"
    )
