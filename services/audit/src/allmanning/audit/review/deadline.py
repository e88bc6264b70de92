"""Times of a review: when it is due, and until when somebody has it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from allmanning.runtime.record import now
from allmanning.runtime.swedish_day import beginning


def written(moment: datetime) -> str:
    """A moment as records write it: RFC 3339 UTC with milliseconds, so that times sort as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def later(time: str, delta: timedelta) -> str:
    """`time` and then `delta`."""
    return written(datetime.fromisoformat(time) + delta)


def due_at(opened_at: str, hours: int | None, default_hours: int) -> str:
    """When it must be closed: what the rule says, or the platform's default."""
    return later(opened_at, timedelta(hours=default_hours if hours is None else hours))


def hours_left(day: date) -> int:
    """Whole hours until a day has ended in Sweden; none when it has."""
    return max(int((beginning(day + timedelta(1)) - datetime.now(UTC)) / timedelta(hours=1)), 0)


def is_past(time: str) -> bool:
    """Whether a time has passed; an empty one always has."""
    return time < now()
