"""What an authority has decided of its rules, where the service is in use, and what is stopped: a fold of records.

The records can come in any order and more than once. A matter (a proposal, a deployment, a stop) is all records with
one decision id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from allmanning.audit.log.leaf import Leaf
from allmanning.runtime.record import Json

RULES_PROPOSED: Final = "rules.proposed"
RULES_ASSESSED: Final = "rules.assessed"
RULES_PUBLISHED: Final = "rules.published"
RULES_REJECTED: Final = "rules.rejected"
DEPLOYMENT_PROPOSED: Final = "deployment.proposed"
DEPLOYMENT_APPROVED: Final = "deployment.approved"
DEPLOYMENT_ENDED: Final = "deployment.ended"
HALTED: Final = "halted"
RESUMED: Final = "resumed"
# What holds back counts at once; what lets through, once it is in the log.
HOLDING_BACK: Final = frozenset({DEPLOYMENT_ENDED, HALTED})
KINDS: Final = HOLDING_BACK | {
    RULES_PROPOSED,
    RULES_ASSESSED,
    RULES_PUBLISHED,
    RULES_REJECTED,
    DEPLOYMENT_PROPOSED,
    DEPLOYMENT_APPROVED,
    RESUMED,
}
# Askers choose the name of the use.
_MAX_APPLYING: Final = 1_024


@dataclass(frozen=True)
class Matter:
    """The records of one matter, the first of each kind."""

    id: str
    records: Mapping[str, Leaf]

    def at(self, kind: str) -> str:
        """When that was done; empty when it was not."""
        return self.records[kind].time if kind in self.records else ""

    def text(self, kind: str, *path: str) -> str:
        return self.records[kind].text(*path) if kind in self.records else ""


class Applying(NamedTuple):
    """The rules in force, the deployment that lets a use answer, and the stop that it is under."""

    published: Matter | None
    deployment: Matter | None
    halt: Matter | None


class Steering:
    """One authority's matters."""

    def __init__(self) -> None:
        self._matters: dict[str, dict[str, Leaf]] = defaultdict(dict)
        self.seen: dict[str, Leaf] = {}
        # What applied to earlier questions of a day, until another record comes.
        self._applying: dict[tuple[str, str, str], Applying] = {}

    def take(self, leaf: Leaf) -> None:
        """Take a record in; of two of the same kind in a matter, the one with the lower id counts."""
        kind = leaf.kind()
        self.seen[leaf.id] = leaf
        self._applying.clear()
        if kind in KINDS:
            records = self._matters[leaf.decision]
            if kind not in records or leaf.id < records[kind].id:
                records[kind] = leaf

    def matter(self, id: str) -> Matter | None:
        return Matter(id, self._matters[id]) if id in self._matters else None

    def _with(self, kind: str) -> Iterator[Matter]:
        for name, records in sorted(self._matters.items(), key=lambda each: each[0], reverse=True):
            if kind in records:
                yield Matter(name, records)

    def proposals(self) -> list[Matter]:
        """Rules that were proposed, newest first."""
        return list(self._with(RULES_PROPOSED))

    def deployments(self) -> list[Matter]:
        """Deployments that were proposed, newest first."""
        return list(self._with(DEPLOYMENT_PROPOSED))

    def stops(self) -> list[Matter]:
        """Stops, newest first."""
        return list(self._with(HALTED))

    def applying(self, use_case: str, channel: str, day: str) -> Applying:
        """What applies to a use on a day."""
        key = (use_case, channel, day)
        if key not in self._applying:
            if len(self._applying) >= _MAX_APPLYING:
                self._applying.clear()
            deployment, halt = self.deployment(use_case, channel, day), self.halt(use_case, channel)
            self._applying[key] = Applying(self.published(day), deployment, halt)
        return self._applying[key]

    def published(self, day: str) -> Matter | None:
        """The proposal in force on a day: of those published and begun, the one that begins last.

        A publication without its proposal, or of another file than was proposed, is none.
        """
        begun = [
            matter
            for matter in self._with(RULES_PUBLISHED)
            if RULES_REJECTED not in matter.records
            and matter.text(RULES_PUBLISHED, "rules", "source") == matter.text(RULES_PROPOSED, "rules", "source") != ""
            and matter.text(RULES_PUBLISHED, "rules", "effective") <= day
        ]
        return max(
            begun,
            key=lambda each: (each.text(RULES_PUBLISHED, "rules", "effective"), each.records[RULES_PUBLISHED].id),
            default=None,
        )

    def deployment(self, use_case: str, channel: str, day: str) -> Matter | None:
        """The deployment that lets this use answer by itself on a day; the newest when there are several."""
        return next(
            (
                matter
                for matter in self._with(DEPLOYMENT_APPROVED)
                if stands(matter, day)
                and use_case in scope(matter, DEPLOYMENT_APPROVED, "deployment", "use_cases")
                and channel in scope(matter, DEPLOYMENT_APPROVED, "deployment", "channels")
            ),
            None,
        )

    def halt(self, use_case: str, channel: str) -> Matter | None:
        """The stop that this use is under. One that names no use or channel stops every one, unknown ones too."""
        for matter in self._with(HALTED):
            uses, channels = (scope(matter, HALTED, "halt", name) for name in ("use_cases", "channels"))
            # What is not known may be what was stopped.
            hit = (not uses or not use_case or use_case in uses) and (
                not channels or not channel or channel in channels
            )
            if hit and RESUMED not in matter.records:
                return matter
        return None


def stands(matter: Matter, day: str) -> bool:
    """Whether a deployment is approved, not ended, and in its time."""
    if DEPLOYMENT_APPROVED not in matter.records or DEPLOYMENT_ENDED in matter.records:
        return False
    if DEPLOYMENT_PROPOSED not in matter.records:
        return False
    first, last = (matter.text(DEPLOYMENT_APPROVED, "deployment", name) for name in ("valid_from", "valid_to"))
    return bool(first) and first <= day and (not last or day <= last)


def scope(matter: Matter, kind: str, area: str, name: str) -> list[str]:
    """A list of the record, such as the use cases of a deployment."""
    within: Json = matter.records[kind].fields.get(area)
    listed = within.get(name) if isinstance(within, Mapping) else None
    return [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
