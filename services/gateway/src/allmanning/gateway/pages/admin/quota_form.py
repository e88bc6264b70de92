"""Numbers of a quota as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ValidationError

from allmanning.gateway.api.quota import QuotaIn, QuotaOut
from allmanning.gateway.language import marked
from allmanning.runtime.errors import InvalidInput

CHANNELS: Final[Mapping[str, str]] = {
    "citizen": marked("Invånare på sidorna"),
    "internal": marked("Medarbetare"),
    "api": marked("Program"),
    "batch": marked("Det som ingen väntar på"),
}
_BEFORE: Final = "channel."


class QuotaForm(BaseModel):
    """The form as it was filled in: `channels` by name."""

    authority: str = ""
    revision: str = "0"
    weight: str = ""
    tokens_per_day: str = ""
    own_tokens_per_day: str = ""
    channels: dict[str, str] = {}

    @classmethod
    def sent(cls, fields: Mapping[str, str]) -> QuotaForm:
        """What a browser sends."""
        own = {name: value for name, value in fields.items() if name in cls.model_fields and name != "channels"}
        channels = {name.removeprefix(_BEFORE): value for name, value in fields.items() if name.startswith(_BEFORE)}
        return cls(**own, channels=channels)

    @classmethod
    def of(cls, known: QuotaOut) -> QuotaForm:
        """What is in force, the channel that goes first before the others."""
        weights = known["channel_weights"]
        return cls(
            authority=known["authority"],
            revision=str(known["revision"]),
            weight=_written(known["weight"]),
            tokens_per_day=_written(known["tokens_per_day"]),
            own_tokens_per_day=_written(known["own_tokens_per_day"]),
            channels={name: _written(weights[name]) for name in sorted(weights, key=weights.__getitem__, reverse=True)},
        )

    def quota(self, *, shared: bool) -> QuotaIn:
        """What the API takes; `shared`: the part of what all share too.

        Raises:
            InvalidInput: `quota.invalid`.
        """
        given: dict[str, object] = {
            "revision": _number(self.revision),
            "own_tokens_per_day": _number(self.own_tokens_per_day),
            "channel_weights": {name: _number(value) for name, value in self.channels.items()},
        }
        if shared:
            given |= {"weight": _number(self.weight), "tokens_per_day": _number(self.tokens_per_day)}
        try:
            return QuotaIn.model_validate(given)
        except ValidationError as error:
            raise _invalid() from error


def _number(written: str) -> float:
    """`5 000 000` and `2,5` are numbers; nothing is 0."""
    text = "".join(written.split()).replace(",", ".")
    try:
        return float(text) if text else 0.0
    except ValueError as error:
        raise _invalid() from error


def _written(value: float | None) -> str:
    if not value:
        return ""
    if value == int(value):
        return f"{int(value):,}".replace(",", " ")
    return f"{value:g}".replace(".", ",")


def _invalid() -> InvalidInput:
    return InvalidInput(
        "quota.invalid",
        "Skriv vikter som tal över 0 och högst 1000, och gränser som hela tal. Inget ändrades. "
        "(Write weights as numbers above 0, 1000 at most, and limits as whole numbers. Nothing was changed.)",
    )
