from __future__ import annotations

from allmanning.audit.inspection.reads import Read, patterns


def read(number: int, **fields: str) -> Read:
    values = {
        "record": f"r{number}",
        "decision": f"d{number}",
        "time": "2026-11-23T09:00:00.000Z",
        "role": "auditor",
        "key": "k1",
        "unit": "SN",
        "reason": f"Uppföljning av ärende {number}",
        "decision_unit": "SN",
    }
    return Read(**{**values, **fields})


def test_a_reading_like_any_other_shows_no_pattern():
    assert patterns([read(1), read(2)]) == {}


def test_a_person_who_reads_many_decisions_in_a_day_shows():
    found = patterns([read(number) for number in range(5)], often=5)
    assert set(found) == {f"r{number}" for number in range(5)}
    assert {"often"} == {name for names in found.values() for name in names}
    assert patterns([read(number, key=f"k{number}") for number in range(5)], often=5) == {}


def test_night_is_night_in_sweden():
    found = patterns([read(1, time="2026-11-23T21:30:00.000Z"), read(2, time="2026-07-01T04:30:00.000Z")])
    assert found == {"r1": ["night"]}


def test_a_reader_of_another_unit_shows_and_an_unknown_unit_does_not():
    assert patterns([read(1, unit="BN"), read(2, unit=""), read(3, decision_unit="")]) == {"r1": ["no_relation"]}


def test_a_reason_that_says_nothing_shows():
    assert patterns([read(1, reason=" koll ")]) == {"r1": ["thin_reason"]}
    many = [
        read(number, reason="Samma skäl som alltid", time=f"2026-11-{number:02}T09:00:00.000Z")
        for number in range(1, 6)
    ]
    assert all(names == ["same_reason"] for names in patterns(many, often=5).values())


def test_reading_the_same_decision_again_and_again_shows():
    again = [read(number, decision="d") for number in range(3)]
    assert all(names == ["repeated"] for names in patterns(again).values())


def test_a_reader_whose_name_is_erased_makes_no_pattern_with_others():
    erased = [read(number, key="", reason="") for number in range(30)]
    assert patterns(erased) == {}
