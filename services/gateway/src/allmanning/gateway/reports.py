"""What people tell a document's owner: that it is wrong, or out of date."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.gateway.desk import Desk
from allmanning.gateway.language import marked
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import now

KINDS: Final[Mapping[str, str]] = {
    "outdated": marked("Det gäller inte längre"),
    "wrong": marked("Det är fel"),
    "unclear": marked("Det går inte att förstå"),
    "other": marked("Något annat"),
}
MAX_CHARS: Final = 2_000


@dataclass(frozen=True)
class Report:
    """About `quote` (may be empty) of a document's version; `settled_at` is empty until its owner has dealt with it."""

    id: str
    document: str
    version: str
    title: str
    owner_unit: str
    quote: str
    kind: str
    text: str
    reported_at: str
    settled_at: str
    answer: str


class Reports:
    """Takes, lists and settles. An administrator sees all, others those of their unit's documents."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def make(self, principal: Principal, about: DocumentVersion, quote: str, kind: str, text: str) -> str:
        """Tell the owner of a document that the caller has seen this person may read; the report's id.

        Raises:
            InvalidInput: `report.invalid`.
        """
        if kind not in KINDS or len(text) > MAX_CHARS or (kind == "other" and not text.strip()):
            raise InvalidInput(
                "report.invalid",
                f"Välj vad som är fel, och skriv högst {MAX_CHARS} tecken. "
                f"(Choose what is wrong, and write {MAX_CHARS} characters at most.)",
            )
        row = (
            uuid7(), about.authority, about.id, about.version, about.title or about.uri, about.owner_unit,
            quote[:MAX_CHARS], kind, text.strip(), principal.key_id, now(), "", "",
        )  # fmt: skip

        def write(file: sqlite3.Connection) -> str:
            file.execute("INSERT INTO report VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            return row[0]

        return await self._desk.work(write)

    async def listed(
        self, principal: Principal, *, document: str = "", settled: bool = False, limit: int = 100
    ) -> list[Report]:
        """Open ones, or settled ones, oldest first; of one document when it is named."""

        def look(file: sqlite3.Connection) -> list[Report]:
            rows = file.execute(
                "SELECT id, document, version, title, owner_unit, quote, kind, text, reported_at, settled_at, answer"
                " FROM report WHERE authority = ?1 AND (?2 OR owner_unit = ?3) AND (?4 = '' OR document = ?4)"
                " AND (settled_at <> '') = ?5 ORDER BY reported_at, id LIMIT ?6",
                (principal.authority, *_whose(principal), document, int(settled), limit),
            )
            return [Report(*row) for row in rows]

        return await self._desk.work(look)

    async def settle(self, principal: Principal, report_id: str, answer: str) -> None:
        """The owner has dealt with it.

        Raises:
            NotFound: `report.not_found`, also for one that is another unit's or settled.
        """

        def write(file: sqlite3.Connection) -> int:
            return file.execute(
                "UPDATE report SET settled_at = ?5, answer = ?6 WHERE id = ?4 AND authority = ?1"
                " AND (?2 OR owner_unit = ?3) AND settled_at = ''",
                (principal.authority, *_whose(principal), report_id, now(), answer[:MAX_CHARS]),
            ).rowcount

        if not await self._desk.work(write):
            raise NotFound("report.not_found", "Det finns ingen sådan anmälan. (There is no such report.)")


def _whose(principal: Principal) -> tuple[int, str]:
    """Whether all are theirs, otherwise whose documents' are: no unit's when they have none."""
    return int(principal.role is Role.ADMIN), principal.unit or "\0"
