"""Places are shared by weight, whatever anybody does; nothing is lost, and nobody is passed by."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.generate.admission.queue import FairQueue, Flow


@dataclass
class Weights:
    """Authorities and channels weigh what a test says, or 1."""

    authorities: Mapping[str, float] = field(default_factory=dict)
    channels: Mapping[str, float] = field(default_factory=dict)

    def of_authority(self, authority: str) -> float:
        return self.authorities.get(authority, 1.0)

    def of_channel(self, authority: str, channel: str) -> float:  # noqa: ARG002 - alike for all of them
        return self.channels.get(channel, 1.0)


NAMES = st.sampled_from(["asele", "boden", "ciceby", "dals-ed"])
CHANNELS = st.sampled_from(["citizen", "api", "batch"])
WEIGHTS = st.dictionaries(NAMES, st.floats(0.1, 10), max_size=4)


@given(WEIGHTS, st.lists(st.floats(0.1, 30), min_size=1, max_size=200))
def test_of_authorities_that_all_wait_none_gets_more_than_its_share(weights, costs):
    """The bound of start-time fair queueing: one cost of each, whatever the turns turn out to cost."""
    queue, shares = FairQueue(Weights(weights)), Weights(weights)
    names = ["asele", "boden", "ciceby", "dals-ed"]
    flows: dict[int, Flow] = {}
    for number in range(len(costs) * len(names)):
        flows[number] = Flow(names[number % len(names)], "citizen")
        queue.put(number, flows[number])
    had: dict[str, float] = dict.fromkeys(names, 0.0)
    most: dict[str, float] = dict.fromkeys(names, 0.0)

    for cost in costs:
        flow = flows[queue.take(1.0)]
        queue.correct(flow, cost - 1.0)
        had[flow.authority] += cost / shares.of_authority(flow.authority)
        most[flow.authority] = max(most[flow.authority], max(cost, 1.0) / shares.of_authority(flow.authority))
        for one in names:
            for other in names:
                assert had[one] - had[other] <= most[one] + most[other] + 1e-6


@given(st.integers(1, 12), st.lists(st.floats(0.5, 20), min_size=60, max_size=120))
def test_with_several_places_a_flood_takes_no_more_than_half_from_one_that_also_waits(places, costs):
    queue = FairQueue(Weights())
    flows: dict[int, Flow] = {}
    for number in range(2 * len(costs)):
        flows[number] = Flow("asele" if number % 2 else "boden", "citizen")
        queue.put(number, flows[number])
    clock, under_way, had = 0.0, [], Counter()
    for cost in costs:
        if len(under_way) == places:
            under_way.sort()
            clock, authority, ended = under_way.pop(0)
            queue.correct(Flow(authority, "citizen"), ended - 5.0)
        authority = flows[queue.take(5.0)].authority
        under_way.append((clock + cost, authority, cost))
        had[authority] += cost
    longest = max(*costs, 5.0)
    assert abs(had["asele"] - had["boden"]) <= (2 * places + 1) * longest


@given(st.lists(st.tuples(NAMES, CHANNELS), max_size=60), WEIGHTS)
def test_everyone_who_waits_is_taken_once_in_the_order_that_was_told(waiting, weights):
    queue = FairQueue(Weights(weights, {"citizen": 16, "api": 4}))
    for number, (authority, channel) in enumerate(waiting):
        queue.put(number, Flow(authority, channel))

    told = list(queue.order(2.0))
    taken = [queue.take(2.0) for _ in waiting]

    assert taken == told
    assert sorted(taken) == list(range(len(waiting)))
    assert len(queue) == 0
    with pytest.raises(ValueError, match="empty"):
        queue.take(1.0)


@given(st.lists(st.tuples(NAMES, CHANNELS, st.booleans()), max_size=60))
def test_who_gives_up_is_not_taken_and_holds_nobody_up(waiting):
    queue = FairQueue(Weights())
    for number, (authority, channel, _) in enumerate(waiting):
        queue.put(number, Flow(authority, channel))
    for number, (authority, channel, gives_up) in enumerate(waiting):
        if gives_up:
            queue.remove(number, Flow(authority, channel))
            queue.remove(number, Flow(authority, channel))

    patient = [number for number, (_, _, gives_up) in enumerate(waiting) if not gives_up]
    assert len(queue) == len(patient)
    assert sorted(queue.take(1.0) for _ in patient) == patient


@given(st.lists(st.tuples(NAMES, CHANNELS), max_size=60))
def test_within_a_channel_of_an_authority_the_first_to_come_is_the_first_to_be_taken(waiting):
    queue = FairQueue(Weights())
    for number, (authority, channel) in enumerate(waiting):
        queue.put(number, Flow(authority, channel))

    taken = defaultdict(list)
    for _ in waiting:
        number = queue.take(1.0)
        taken[waiting[number]].append(number)
    assert all(numbers == sorted(numbers) for numbers in taken.values())


def test_a_citizens_chat_goes_before_the_batch_of_the_same_authority():
    queue = FairQueue(Weights(channels={"citizen": 16, "batch": 1}))
    for number in range(20):
        queue.put(number, Flow("asele", "batch"))
    queue.take(1.0)
    for number in range(100, 110):
        queue.put(number, Flow("asele", "citizen"))

    assert [queue.take(1.0) >= 100 for _ in range(10)].count(True) >= 9


def test_a_batch_takes_nothing_from_another_authority():
    queue = FairQueue(Weights(channels={"citizen": 16, "batch": 1}))
    for number in range(100):
        queue.put(number, Flow("asele", "batch"))
        queue.put(1000 + number, Flow("boden", "citizen"))

    assert abs([queue.take(1.0) >= 1000 for _ in range(100)].count(True) - 50) <= 1


def test_who_was_away_has_saved_up_nothing_and_who_was_alone_owes_nothing():
    queue = FairQueue(Weights())
    for number in range(50):
        queue.put(number, Flow("asele", "citizen"))
        queue.take(1.0)
        queue.correct(Flow("asele", "citizen"), 30.0)
    for number in range(100, 110):
        queue.put(number, Flow("asele", "citizen"))
        queue.put(100 + number, Flow("boden", "citizen"))

    # One answer's debt at most, of 31 s.
    first = [queue.take(31.0) for _ in range(10)]
    assert abs(sum(number >= 200 for number in first) - 5) <= 1


def test_the_share_is_what_is_left_for_a_flow_beside_those_that_wait():
    queue = FairQueue(Weights({"asele": 3}, {"citizen": 4}))
    assert queue.share_of(Flow("boden", "citizen")) == 1.0
    queue.put(1, Flow("asele", "citizen"))
    queue.put(2, Flow("boden", "batch"))
    assert queue.share_of(Flow("boden", "citizen")) == pytest.approx(1 / 4 * 4 / 5)
