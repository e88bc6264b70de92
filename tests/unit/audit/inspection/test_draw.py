from __future__ import annotations

import hashlib
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from allmanning.audit.inspection.draw import Member, drawn, frame_of, members_of, seed_of, shares

SEED = "sha256:" + "0" * 64
MEMBERS = [Member(f"d{number}", "answered" if number % 4 else "refused") for number in range(100)]


def test_the_same_frame_and_seed_draw_the_same_whoever_repeats_it_in_whatever_order():
    names = drawn(MEMBERS, SEED, 20)
    assert names == drawn(MEMBERS[::-1], SEED, 20)
    refused = [each.name for each in MEMBERS if each.stratum == "refused"]
    by_hand = sorted(refused, key=lambda name: hashlib.sha256(f"{SEED}\n{name}".encode()).digest())[:5]
    assert names[-5:] == by_hand


def test_another_seed_draws_others():
    assert drawn(MEMBERS, SEED, 20) != drawn(MEMBERS, "sha256:" + "1" * 64, 20)


def test_every_member_is_drawn_about_as_often():
    members = [Member(f"d{number}", "") for number in range(10)]
    counts = Counter(name for seed in range(2_000) for name in drawn(members, str(seed), 3))
    assert all(480 < count < 720 for count in counts.values())


@given(sizes=st.dictionaries(st.text("abcde", max_size=2), st.integers(1, 50), min_size=1), wanted=st.integers(0, 120))
def test_shares_add_up_and_no_stratum_is_forgotten_or_overdrawn(sizes, wanted):
    drawn_from = shares(sizes, wanted)
    assert sum(drawn_from.values()) == min(wanted, sum(sizes.values()))
    assert all(0 <= drawn_from[name] <= size for name, size in sizes.items())
    if wanted >= len(sizes):
        assert min(drawn_from.values()) >= 1


def test_the_frame_is_the_same_text_in_any_order_and_is_read_back():
    assert frame_of(MEMBERS) == frame_of(MEMBERS[::-1])
    assert sorted(members_of(frame_of(MEMBERS))) == sorted(MEMBERS)


def test_the_seed_is_the_checkpoint_and_not_who_signed_it():
    body = "audit.exempelby.allmanning/2026h2\n12\nAAAA\n"
    assert seed_of(f"{body}\n— a sig\n") == seed_of(f"{body}\n— a sig\n— vittne sig\n")
    assert seed_of(f"{body}\n— a sig\n") == "sha256:" + hashlib.sha256(body.encode()).hexdigest()
