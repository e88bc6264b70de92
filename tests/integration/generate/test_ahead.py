"""A plain question is searched while the rules are asked; where they end the matter, nothing is seen of that."""

from __future__ import annotations

from allmanning.contracts.audit.v1.audit_pb import GateResponse, Verdict
from allmanning.contracts.generate.v1.generate_pb import Outcome
from tests.integration.generate.scripted_platform import Platform
from tests.integration.generate.test_answer import QUESTION, finished, kinds


async def test_a_plain_question_is_searched_while_the_rules_are_asked(served: Platform) -> None:
    served.gate_waits_for_search = True
    assert finished(await served.ask(QUESTION)).outcome == Outcome.ANSWERED
    assert len(served.searched) == 1


async def test_what_the_rules_end_has_no_search_on_record_or_in_what_is_told(served: Platform) -> None:
    served.request_rule = GateResponse(verdict=Verdict.REFUSE, rule_id="F2", reason="stängd")
    done = finished(await served.ask(QUESTION))
    assert (done.outcome, list(done.citations)) == (Outcome.REFUSED, [])
    assert kinds(await served.records()) == ["question.received", "gate.evaluated", "answer.refused"]
    assert "retrieved" not in await served.parts()
