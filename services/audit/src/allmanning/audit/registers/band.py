"""The use an authority has declared, and what lies outside it.

AI Act art. 27(1)(b)-(c) asks for frequency and groups before the first use, and 27(2) for an update when they are no
longer up to date; GDPR art. 35(11) for a review when the risk changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from allmanning.audit.registers.use import Use
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

# Fewer ended decisions than this say nothing of a share.
ENOUGH_FOR_A_SHARE: Final = 20
MAX_NAMES: Final = 100
MAX_NAME_CHARS: Final = 100


class Outside(NamedTuple):
    """A measure that left the band in a month; `value` and `limit` as text, since some are names."""

    month: str
    measure: str
    value: str
    limit: str


@dataclass(frozen=True)
class Band:
    """What was declared. `None` and empty: nothing was, and nothing is watched."""

    least_a_month: int | None = None
    most_a_month: int | None = None
    groups: Sequence[str] = ()
    channels: Sequence[str] = ()
    languages: Sequence[str] = ()
    most_automated: float | None = None

    def checked(self) -> Band:
        """Itself.

        Raises:
            InvalidInput: `band.empty`, `band.number`, `band.names`.
        """
        if self == Band():
            raise InvalidInput("band.empty", "Ange minst en gräns. (State at least one limit.)")
        counts = [each for each in (self.least_a_month, self.most_a_month) if each is not None]
        if any(each < 0 for each in counts) or (len(counts) > 1 and counts[0] > counts[1]):
            raise InvalidInput("band.number", "Antalen ska vara minst 0, och det minsta högst det största.")
        if self.most_automated is not None and not 0 <= self.most_automated <= 1:
            raise InvalidInput("band.number", "Andelen som besvaras utan människa ska vara mellan 0 och 1.")
        for names in (self.groups, self.channels, self.languages):
            if len(names) > MAX_NAMES or any(not 0 < len(each) <= MAX_NAME_CHARS for each in names):
                raise InvalidInput("band.names", f"Högst {MAX_NAMES} namn om högst {MAX_NAME_CHARS} tecken var.")
        return self

    def as_json(self) -> dict[str, Json]:
        said: dict[str, Json] = {
            "least_a_month": self.least_a_month,
            "most_a_month": self.most_a_month,
            "groups": list(self.groups),
            "channels": list(self.channels),
            "languages": list(self.languages),
            "most_automated": self.most_automated,
        }
        return {key: value for key, value in said.items() if value not in (None, [])}

    @classmethod
    def from_json(cls, said: Json) -> Band:
        """What a record says; what has another form than `as_json` gives was not declared."""
        if not isinstance(said, dict):
            return cls()
        share = said.get("most_automated")
        return cls(
            least_a_month=_count(said.get("least_a_month")),
            most_a_month=_count(said.get("most_a_month")),
            groups=_names(said.get("groups")),
            channels=_names(said.get("channels")),
            languages=_names(said.get("languages")),
            most_automated=float(share) if isinstance(share, (int, float)) and not isinstance(share, bool) else None,
        )

    def outside(self, month: str, use: Use, *, over: bool) -> Iterator[Outside]:
        """Where the use of a month leaves the band. `over`: the month has ended, so that too few are too few."""
        if self.most_a_month is not None and use.decisions > self.most_a_month:
            yield Outside(month, "most_a_month", str(use.decisions), str(self.most_a_month))
        if over and self.least_a_month is not None and use.decisions < self.least_a_month:
            yield Outside(month, "least_a_month", str(use.decisions), str(self.least_a_month))
        share = use.automated_share
        enough = share is not None and use.ended >= ENOUGH_FOR_A_SHARE
        if self.most_automated is not None and share is not None and enough and share > self.most_automated:
            yield Outside(month, "most_automated", f"{share:.4f}", f"{self.most_automated:.4f}")
        for measure, by, names in (
            ("groups", "role", self.groups),
            ("channels", "channel", self.channels),
            ("languages", "language", self.languages),
        ):
            for value in _unnamed(use.by.get(by, {}), names):
                yield Outside(month, measure, value, ", ".join(names))


def _unnamed(counts: Mapping[str, int], names: Sequence[str]) -> list[str]:
    return [value for value in counts if value and value not in names] if names else []


def _count(value: Json) -> int | None:
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _names(value: Json) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
