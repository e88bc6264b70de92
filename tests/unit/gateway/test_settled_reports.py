"""Reports that were dealt with are erased by a decision, told of in the log first; open ones and others' stay."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.gateway.desk import Desk
from allmanning.gateway.settled_reports import Kept, SettledReports
from allmanning.runtime.errors import Conflict, InvalidInput, Unavailable
from allmanning.runtime.swedish_day import today

ADMIN = Principal(authority="a", role=Role.ADMIN, key_id="k")
OLD, CUT = "2024-03-01T10:00:00Z", date(2025, 1, 1)


class Log:
    """Takes records, or fails."""

    def __init__(self, *, down: bool = False) -> None:
        self.down = down
        self.said: list[tuple[str, dict[str, object]]] = []

    async def record(self, kind: str, *, fields: dict[str, object], **_: object) -> str:
        if self.down:
            raise Unavailable("audit.unavailable", "nere")
        self.said.append((kind, fields))
        return "r"


@pytest.fixture
async def desk(tmp_path) -> Desk:
    desk = Desk(tmp_path)
    rows = [("1", "a", OLD), ("2", "a", "2025-06-01T10:00:00Z"), ("3", "a", ""), ("4", "b", OLD)]
    values = [
        (n, a, "d", "v", "t", "u", "q", "wrong", "namn i text", "k", "2024-01-01T00:00:00Z", s, "") for n, a, s in rows
    ]
    await desk.work(lambda file: file.executemany(f"INSERT INTO report VALUES ({', '.join('?' * 13)})", values))
    return desk


async def left(desk: Desk) -> list[str]:
    return await desk.work(lambda file: [row[0] for row in file.execute("SELECT id FROM report ORDER BY id")])


async def test_only_what_was_settled_before_the_day_goes_and_the_log_says_so_in_numbers(desk):
    log = Log()
    reports = SettledReports(desk, log)

    assert await reports.kept("a") == [Kept("2024", 1, 1), Kept("2025", 1, 0)]
    assert await reports.erase(ADMIN, CUT, "Plan 3.2", "Årlig gallring") == 1
    assert await left(desk) == ["2", "3", "4"]
    assert log.said == [("reports.erased", {"before": "2025-01-01", "reports": 1, "ground": "Plan 3.2"})]
    with pytest.raises(Conflict, match=r"reports\.none"):
        await reports.erase(ADMIN, CUT, "Plan 3.2", "Årlig gallring")


async def test_nothing_goes_while_the_log_is_down_or_without_a_ground_or_before_its_day(desk):
    with pytest.raises(Unavailable):
        await SettledReports(desk, Log(down=True)).erase(ADMIN, CUT, "Plan 3.2", "Årlig gallring")
    for before, ground, reason in (
        (today() + timedelta(days=1), "Plan", "Skäl"),
        (CUT, " ", "Skäl"),
        (CUT, "Plan", ""),
    ):
        with pytest.raises(InvalidInput):
            await SettledReports(desk, Log()).erase(ADMIN, before, ground, reason)
    assert await left(desk) == ["1", "2", "3", "4"]
