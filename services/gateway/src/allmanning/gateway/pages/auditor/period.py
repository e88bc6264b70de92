"""A period as people choose it: Swedish days, both included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends, Query

from allmanning.gateway.language import marked
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.swedish_day import beginning, today

_DEFAULT_DAYS: Final = 30


@dataclass(frozen=True)
class Period:
    """From the beginning of `first` to the end of `last`; None: no limit."""

    first: date | None = None
    last: date | None = None

    @property
    def opened_from(self) -> str:
        """RFC 3339 UTC, as the log writes it; empty for no limit."""
        return _moment(self.first) if self.first else ""

    @property
    def opened_to(self) -> str:
        """The moment after the last."""
        return _moment(self.last + timedelta(days=1)) if self.last else ""

    @property
    def query(self) -> dict[str, str]:
        """As the address says it."""
        first, last = self.first, self.last
        return ({"from": first.isoformat()} if first else {}) | ({"to": last.isoformat()} if last else {})


def _moment(day: date) -> str:
    moment = beginning(day).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _day(written: str, name: str) -> date | None:
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InvalidInput(
            "period.invalid", f"Skriv {name} som ett datum, ÅÅÅÅ-MM-DD. (Write a date as YYYY-MM-DD.)"
        ) from error


def _chosen(
    first: Annotated[str, Query(alias="from", max_length=10)] = "",
    last: Annotated[str, Query(alias="to", max_length=10)] = "",
) -> Period:
    """The period in the address.

    Raises:
        InvalidInput: `period.invalid`, also when it ends before it begins.
    """
    period = Period(_day(first, "första dagen"), _day(last, "sista dagen"))
    if period.first and period.last and period.first > period.last:
        raise InvalidInput("period.invalid", "Perioden slutar innan den börjar. (The period ends before it begins.)")
    return period


ThePeriod = Annotated[Period, Depends(_chosen)]


def newest(now: datetime | None = None) -> Period:
    """The last thirty days."""
    day = today(now)
    return Period(day - timedelta(days=_DEFAULT_DAYS - 1), day)


def ready_made(day: date) -> list[tuple[str, Period]]:
    """Periods that are chosen with one click, on `day`."""
    this_month = day.replace(day=1)
    last_month = this_month - timedelta(days=1)
    return [
        (marked("7 dagar"), Period(day - timedelta(days=6), day)),
        (marked("30 dagar"), Period(day - timedelta(days=29), day)),
        (marked("Den här månaden"), Period(this_month, day)),
        (marked("Förra månaden"), Period(last_month.replace(day=1), last_month)),
        (marked("I år"), Period(day.replace(month=1, day=1), day)),
    ]
