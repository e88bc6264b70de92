"""What is on record of the work of whoever has a review: the one who works sees it too."""

from __future__ import annotations

from collections.abc import Mapping

from allmanning.audit.log.json_path import text
from allmanning.audit.review.activity import Activity
from allmanning.audit.review.case import File
from allmanning.audit.review.projection import SOURCE_OPENED
from allmanning.contracts.audit.v1.audit_pb import Work
from allmanning.runtime.record import Json


def work_of(file: File, activity: Activity) -> Work:
    """Of the claim in force; empty without one."""
    claim = file.case.claim if file.case.held else ""
    if not claim:
        return Work()
    taken = file.said.get(claim)
    work = Work(opened=opened(file, claim), claimed_at=taken[0].time if taken else "")
    seconds = activity.seconds(claim)
    if seconds is not None:
        work.active_seconds = seconds
    return work


def opened(file: File, claim: str) -> list[str]:
    """Documents whose source was opened under a claim."""
    return [
        text(leaf.fields.get("review"), "document")
        for leaf, _ in file.said.values()
        if leaf.kind() == SOURCE_OPENED and _claim(leaf.fields) == claim
    ]


def _claim(fields: Mapping[str, Json]) -> str:
    return text(fields.get("review"), "claim")
