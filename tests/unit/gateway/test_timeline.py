"""What a decision's timeline says in words."""

from __future__ import annotations

from allmanning.contracts.generate.v1.generate_pb import Cut, Reason
from allmanning.gateway.pages.timeline import VALUES


def test_every_reason_and_cut_has_words() -> None:
    assert VALUES["reason"].keys() == {each.name.lower() for each in Reason if each}
    assert VALUES["cut"].keys() == {each.name.lower() for each in Cut if each}
