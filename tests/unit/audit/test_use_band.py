"""Use outside the declared band."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.audit.log.store import Store
from allmanning.audit.registers.band import ENOUGH_FOR_A_SHARE, Band
from allmanning.audit.registers.book import BOOK, book_of
from allmanning.audit.registers.use import Use
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import canonical
from tests.unit.audit.producer import AUTHORITY, Producer, put

NAMES = st.lists(st.text(min_size=1, max_size=10), max_size=3, unique=True).map(tuple)
BANDS = st.builds(
    Band,
    least_a_month=st.none() | st.integers(0, 1000),
    most_a_month=st.none() | st.integers(0, 1000),
    groups=NAMES,
    channels=NAMES,
    languages=NAMES,
    most_automated=st.none() | st.floats(0, 1),
)


def used(decisions: int, *, answered: int = 0, review: int = 0, **by: dict[str, int]) -> Use:
    outcomes = {"answered": answered, "review": review}
    return Use({"2026-11": decisions}, {key: count for key, count in outcomes.items() if count}, {}, by)


def outside(band: Band, use: Use, *, over: bool = False) -> list[tuple[str, str]]:
    return [(each.measure, each.value) for each in band.outside("2026-11", use, over=over)]


@given(BANDS)
def test_a_band_reads_back_from_its_record(band: Band) -> None:
    assert Band.from_json(band.as_json()) == band
    assert canonical(band.as_json())


@given(BANDS)
def test_no_use_at_all_is_outside_only_of_a_least(band: Band) -> None:
    measures = {each.measure for each in band.outside("2026-11", Use(), over=True)}
    assert measures <= {"least_a_month"}


def test_more_than_declared_is_outside_at_once_and_fewer_only_when_the_month_is_over() -> None:
    band = Band(least_a_month=10, most_a_month=100)
    assert outside(band, used(100)) == []
    assert outside(band, used(101)) == [("most_a_month", "101")]
    assert outside(band, used(9)) == []
    assert outside(band, used(9), over=True) == [("least_a_month", "9")]
    assert outside(band, used(10), over=True) == []


def test_a_share_is_judged_only_when_there_are_enough_to_have_one() -> None:
    band = Band(most_automated=0.5)
    few = ENOUGH_FOR_A_SHARE - 1
    assert outside(band, used(few, answered=few)) == []
    assert outside(band, used(ENOUGH_FOR_A_SHARE, answered=ENOUGH_FOR_A_SHARE)) == [("most_automated", "1.0000")]
    half = ENOUGH_FOR_A_SHARE // 2
    assert outside(band, used(2 * half, answered=half, review=half)) == []


def test_a_group_a_channel_or_a_language_that_was_not_declared_is_outside() -> None:
    band = Band(groups=("citizen",), channels=("citizen",), languages=("sv",))
    use = used(3, role={"citizen": 2, "caseworker": 1}, channel={"citizen": 3}, language={"sv": 1, "en": 1, "": 1})
    assert outside(band, use) == [("groups", "caseworker"), ("languages", "en")]


def test_what_is_not_declared_is_not_watched() -> None:
    assert outside(Band(most_a_month=5), used(1, answered=1, role={"admin": 1})) == []


@pytest.mark.parametrize(
    "band",
    [
        Band(),
        Band(least_a_month=-1),
        Band(least_a_month=5, most_a_month=4),
        Band(most_automated=1.1),
        Band(most_automated=float("nan")),
        Band(groups=("",)),
        Band(languages=("x" * 101,)),
        Band(channels=tuple(str(n) for n in range(101))),
    ],
)
def test_a_band_that_makes_no_sense_is_refused(band: Band) -> None:
    with pytest.raises(InvalidInput, match=r"band\."):
        band.checked()


def test_an_alarm_is_listed_once_a_month_and_measure(store: Store, producer: Producer) -> None:
    said = {"month": "2026-11", "measure": "most_a_month", "value": "101", "limit": "100"}
    declared = producer.record("use.declared", BOOK, declared={"most_a_month": 100})
    producer.record("use.outside_band", BOOK, band=declared.id, outside=said)
    producer.record("use.outside_band", BOOK, band=declared.id, outside=said | {"value": "102"})
    producer.record("use.outside_band", BOOK, band=declared.id, outside=said | {"month": "2026-12"})
    put(store, producer.leaves, 4)
    with store.reading(AUTHORITY) as log:
        book = book_of(log)
    assert book.declared is not None
    assert book.declared.band == Band(most_a_month=100)
    assert [(each.outside.month, each.outside.value) for each in book.alarms] == [
        ("2026-11", "101"),
        ("2026-12", "101"),
    ]
