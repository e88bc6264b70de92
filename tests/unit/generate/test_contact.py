"""How to reach a person, in the asker's language, and whether there is anybody there now."""

from __future__ import annotations

from datetime import datetime

import pytest

from allmanning.generate.authority import Contact
from allmanning.generate.contact import reached
from allmanning.generate.hours import Open, hours
from allmanning.generate.notices import notice
from allmanning.runtime.swedish_day import SWEDEN

CONTACT = Contact(phone="08-465 004 00", hours="måndag–torsdag 8.00–17.00, fredag 8.00–15.00")
TUESDAY, SATURDAY = (datetime(2026, 11, day, 10, 30, tzinfo=SWEDEN) for day in (24, 28))


@pytest.mark.parametrize(
    ("language", "now", "told"),
    [
        ("sv", TUESDAY, "Ring 08-465 004 00. Öppet måndag–torsdag 8.00–17.00, fredag 8.00–15.00."),
        ("en", TUESDAY, "Call 08-465 004 00. Open Monday–Thursday 8:00–17:00, Friday 8:00–15:00."),
        ("fi", TUESDAY, "Soita 08-465 004 00. Avoinna maanantai–torstai 8.00–17.00, perjantai 8.00–15.00."),
        ("zh", TUESDAY, "Call 08-465 004 00. Open Monday–Thursday 8:00–17:00, Friday 8:00–15:00."),
    ],
)
def test_the_days_are_named_in_the_language(language: str, now: datetime, told: str) -> None:
    assert reached(CONTACT, language, now) == told


@pytest.mark.parametrize(
    ("now", "closed"),
    [
        (SATURDAY, "Just nu är det stängt. Det öppnar måndag 8.00 enligt de vanliga tiderna."),
        (TUESDAY.replace(hour=7), "Just nu är det stängt. Det öppnar tisdag 8.00 enligt de vanliga tiderna."),
        (TUESDAY.replace(hour=17), "Just nu är det stängt. Det öppnar onsdag 8.00 enligt de vanliga tiderna."),
        (TUESDAY.replace(hour=8, minute=0), ""),
    ],
)  # fmt: skip
def test_that_it_is_closed_is_said_with_when_it_opens(now: datetime, closed: str) -> None:
    told = reached(CONTACT, "sv", now)

    assert told.endswith(closed)
    assert ("stängt" in told) is bool(closed)


def test_numbers_keep_their_order_where_text_runs_from_right_to_left() -> None:
    told = reached(Contact(phone="08-465 004 00", hours="måndag 8–9", visit="Storgatan 12, 199 90 By"), "ar", TUESDAY)

    assert "\u206608-465 004 00\u2069" in told
    assert "\u20668:00–9:00\u2069" in told
    assert "\u2066Storgatan 12, 199 90 By\u2069" in told
    assert "\u2066020-50 50 50\u2069" in notice("emergency_violence", "fa")


def test_hours_that_cannot_be_read_stand_as_they_are_written() -> None:
    contact = Contact(phone="1", hours="måndagar 8–12 och efter överenskommelse")

    assert reached(contact, "en", SATURDAY) == "Call 1. Open måndagar 8–12 och efter överenskommelse."


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("vardagar 8–16.30", [Open(0, 4, 480, 990)]),
        ("Måndagar klockan 9.00–12.00, lördag 10–14", [Open(0, 0, 540, 720), Open(5, 5, 600, 840)]),
        ("alla dagar 0–24", [Open(0, 6, 0, 1440)]),
        ("fredag–måndag 8–16", []),
        ("måndag 17–8", []),
        ("dygnet runt", []),
        ("måndag 8–17, lunchstängt", []),
        ("", []),
    ],
)
def test_hours_are_read_in_full_or_not_at_all(written: str, known: list[Open]) -> None:
    assert hours(written) == known
