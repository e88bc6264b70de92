"""Whether people review, or only approve: figures by team and hour, never for one person unless that is asked for.

AI Act 14(4)(b) (automation bias); C-634/21 SCHUFA (what people follow blindly is in effect automated).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Final, NamedTuple

# Adults read some 24 characters a second (Brysbaert 2019: 238 words a minute); nobody reads twice as fast and checks.
FASTEST_CHARS_PER_S: Final = 50.0
GROUPINGS: Final = ("unit", "hour", "unit_hour")


class Verdict(NamedTuple):
    """One reviewer's verdict on one draft, as it was measured. `active_seconds` None: not known."""

    unit: str
    # 0..23 in Sweden.
    hour: int
    reviewer: str
    # "approve", "edit" or "reject".
    action: str
    active_seconds: int | None
    sources_opened: int
    sources: int
    draft_chars: int
    edited_share: float
    reversed: bool
    control: bool


@dataclass(frozen=True)
class Group:
    """Figures of a team, an hour, or both; `hour` -1 and `unit` empty where not grouped by them."""

    unit: str
    hour: int
    reviews: int
    reviewers: int
    approved: int
    edited: int
    rejected: int
    approved_unopened: int
    timed: int
    seconds_per_1000_chars: float
    faster_than_reading: int
    edited_share: float
    reversed: int
    controls: int
    controls_caught: int


def grouped(verdicts: Iterable[Verdict], by: str, least: int) -> tuple[list[Group], int]:
    """The groups that have at least `least` reviewers, and how many verdicts are withheld with the others.

    There is no total: it would give a withheld group away by subtraction.
    """
    members: defaultdict[tuple[str, int], list[Verdict]] = defaultdict(list)
    for each in verdicts:
        members[each.unit if "unit" in by else "", each.hour if "hour" in by else -1].append(each)
    shown: list[Group] = []
    withheld = 0
    for (unit, hour), group in sorted(members.items()):
        if len({each.reviewer for each in group}) < least:
            withheld += len(group)
        else:
            shown.append(_figures(unit, hour, group))
    return shown, withheld


def _figures(unit: str, hour: int, group: Sequence[Verdict]) -> Group:
    drafts = [each for each in group if not each.control]
    approved = [each for each in drafts if each.action == "approve"]
    edited = [each for each in drafts if each.action == "edit"]
    timed = [each for each in approved if each.active_seconds is not None and each.draft_chars]
    pace = [1000 * (each.active_seconds or 0) / each.draft_chars for each in timed]
    controls = [each for each in group if each.control]
    return Group(
        unit=unit,
        hour=hour,
        reviews=len(drafts),
        reviewers=len({each.reviewer for each in group}),
        approved=len(approved),
        edited=len(edited),
        rejected=sum(each.action == "reject" for each in drafts),
        approved_unopened=sum(not each.sources_opened for each in approved),
        timed=len(timed),
        seconds_per_1000_chars=median(pace) if pace else 0.0,
        faster_than_reading=sum((each.active_seconds or 0) * FASTEST_CHARS_PER_S < each.draft_chars for each in timed),
        edited_share=fmean(each.edited_share for each in edited) if edited else 0.0,
        reversed=sum(each.reversed for each in drafts),
        controls=len(controls),
        controls_caught=sum(each.action != "approve" for each in controls),
    )
