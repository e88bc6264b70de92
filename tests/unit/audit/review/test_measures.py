"""What is measured of a reviewer's work: changes, time, and figures of teams."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from allmanning.audit.review.activity import LONGEST_S, Activity
from allmanning.audit.review.edit import edit_of
from allmanning.audit.review.oversight import Verdict, grouped

WORDS = st.lists(st.sampled_from(["nej", "ja", "inte", "i", "april,", "maj.\n", " "]), max_size=12).map(" ".join)


@given(draft=WORDS, text=WORDS)
def test_the_spans_of_an_edit_turn_the_draft_into_the_text(draft, text):
    edit = edit_of(draft, text)
    built, at = "", 0
    for span in edit.spans:
        built += draft[at : span.start] + text[span.new_start : span.new_end]
        at = span.end
    assert built + draft[at:] == text
    assert (edit.distance == 0) == (draft == text) == (edit.share == 0)
    assert 0 <= edit.share <= 1


def test_only_time_between_heartbeats_that_follow_each_other_counts():
    activity = Activity()
    assert activity.seconds("a") is None
    for at in (100.0, 115.0, 130.0, 400.0, 415.0, 410.0):
        activity.beat("a", at)
    assert activity.seconds("a") == 45
    activity.beat("b", 0.0)
    assert activity.seconds("b") == 0
    activity.forget("a")
    assert activity.seconds("a") is None


def test_nobody_works_longer_on_one_review_than_the_cap():
    activity = Activity()
    for beat in range(2_000):
        activity.beat("a", beat * 30.0)
    assert activity.seconds("a") == LONGEST_S


def verdict(unit: str = "bygg", reviewer: str = "a", hour: int = 9, **values: object) -> Verdict:
    known = Verdict(unit, hour, reviewer, "approve", None, 1, 2, 1_000, 0.0, reversed=False, control=False)
    return known._replace(**values)  # type: ignore[arg-type]


def test_a_group_counts_what_was_let_through_unread():
    team = [
        verdict(reviewer="a", sources_opened=0, active_seconds=5),
        verdict(reviewer="b", sources_opened=2, active_seconds=60),
        verdict(reviewer="c", action="edit", edited_share=0.5, reversed=True),
        verdict(reviewer="c", action="reject"),
        verdict(reviewer="a", control=True),
        verdict(reviewer="b", control=True, action="edit"),
    ]
    [group], withheld = grouped(team, "unit", 3)
    assert withheld == 0
    assert (group.reviews, group.reviewers, group.approved, group.edited, group.rejected) == (4, 3, 2, 1, 1)
    assert (group.approved_unopened, group.faster_than_reading, group.timed) == (1, 1, 2)
    assert (group.seconds_per_1000_chars, group.edited_share, group.reversed) == (32.5, 0.5, 1)
    assert (group.controls, group.controls_caught) == (2, 1)


@given(
    st.lists(st.builds(verdict, st.sampled_from("xyz"), st.sampled_from("abcdefg"), st.integers(0, 23)), max_size=40),
    st.sampled_from(["unit", "hour", "unit_hour"]),
    st.integers(1, 5),
)
def test_no_group_smaller_than_the_least_is_shown_and_nothing_is_lost(verdicts, by, least):
    groups, withheld = grouped(verdicts, by, least)
    assert all(each.reviewers >= least for each in groups)
    assert sum(each.reviews for each in groups) + withheld == len(verdicts)
