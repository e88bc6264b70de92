"""Where the answer is a decision in somebody's case, KL 6:37-38 and FL 31 § apply to it."""

from __future__ import annotations

import pytest

from allmanning.contracts.audit.v1.audit_pb import Circumstances, GateResponse, Verdict
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Conflict
from tests.integration.generate.scripted_platform import passage, platform
from tests.integration.generate.test_answer import ALTAN, QUESTION, finished, kinds

CASE = {"appeal_route": "förvaltningsbesvär", "delegation_ref": "KS 4.2", "delegable": True}


async def test_an_automatic_answer_in_a_case_is_a_decision_on_record_before_its_last_word(bus: Bus) -> None:
    around = Circumstances(day="2026-11-27", deployment="d1", delegation="KS 4.2", ai_act="annexIII.5a")
    async with platform(bus, **CASE) as made:
        made.passages = [passage(ALTAN, headings=["När behövs bygglov"])]
        made.release_rule = GateResponse(verdict=Verdict.AUTO, rule_id="S6", circumstances=around)
        done = finished(await made.ask(QUESTION))
        release = made.gated[-1].input
        records, parts = await made.records(), await made.parts()
    assert release is not None
    assert (release.is_decision, release.delegation_ref, release.not_delegable) == (True, "KS 4.2", False)
    assert kinds(records)[-2:] == ["decision.made", "answer.released"]
    decision = records[-2]
    assert (decision["mode"], decision["decided_on"], decision["delegation_ref"]) == (
        "automated", "2026-11-27", "KS 4.2",
    )  # fmt: skip
    assert decision["appeal_route"] == "förvaltningsbesvär"
    assert {each["evidence"] for each in decision["facts"]} == {"p1"}
    assert {"content", "decided_by", "presented_by", "participated", "facts"} == set(decision["parts"])
    assert parts["content"] == done.text
    gates = [each for each in records if each["type"] == "se.audit.gate.evaluated.v1"]
    assert gates[-1]["legal"] == {"ai_act": "annexIII.5a"}
    assert "legal" not in gates[0]
    assert parts["actor"] == {"key_id": "k1", "role": "citizen", "unit": ""}


async def test_no_word_of_a_decision_leaves_without_a_delegation(bus: Bus) -> None:
    async with platform(bus, appeal_route="förvaltningsbesvär") as made:
        made.passages = [passage(ALTAN, headings=["När behövs bygglov"])]
        with pytest.raises(Conflict, match=r"decision\.delegation"):
            await made.ask(QUESTION)
        assert not {"decision.made", "sentence.released"} & set(kinds(await made.records()))
        release = made.gated[-1].input
    assert release is not None
    assert (release.is_decision, release.has_field("not_delegable")) == (True, False)


async def test_general_questions_decide_nothing(bus: Bus) -> None:
    async with platform(bus) as served:
        served.passages = [passage(ALTAN)]
        await served.ask(QUESTION)
        found = kinds(await served.records())
    assert served.gated[-1].input is not None
    assert served.gated[-1].input.is_decision is False
    assert "decision.made" not in found


async def test_a_question_that_measures_decides_nothing_and_is_no_citizens(bus: Bus) -> None:
    async with platform(bus, **CASE) as made:
        made.passages = [passage(ALTAN, headings=["När behövs bygglov"])]
        made.release_rule = GateResponse(
            verdict=Verdict.AUTO, rule_id="S6", rules="sha256:aa", circumstances=Circumstances(delegation="KS 4.2")
        )
        done = finished(await made.ask(QUESTION, evaluation=True))
        records = await made.records()
        asked = [each.input.channel for each in made.gated if each.input is not None]
    assert "decision.made" not in kinds(records)
    # In the last one too: it may be the one that opens a review.
    assert (records[0]["channel"], records[-1]["channel"]) == ("evaluation", "evaluation")
    assert set(asked) == {"citizen"}
    assert (done.rules, bool(done.index_version)) == ("sha256:aa", True)
