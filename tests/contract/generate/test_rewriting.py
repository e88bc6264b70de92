"""A follow-up question is searched for in the model's words, or by rule when the model has none."""

from __future__ import annotations

import pytest

from allmanning.generate.conversation import Asking
from allmanning.generate.model.answerer import ModelAnswerer
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.contract.generate.test_model_dialects import answerer  # noqa: F401 (a fixture)

FOLLOW_UP = Asking("Och hur mycket kostar det?", before="Behöver jag bygglov för en altan?")
BY_RULE = "Behöver jag bygglov för en altan? Och hur mycket kostar det?"


async def test_a_question_that_points_back_is_worded_by_the_model(
    answerer: ModelAnswerer,  # noqa: F811
    model: ScriptedModel,
) -> None:
    model.script = Script(pieces=("”Vad kostar bygglov ", "för en altan?”"))
    assert await answerer.query(FOLLOW_UP, "sv") == "Vad kostar bygglov för en altan?"
    [asked] = model.requests
    assert FOLLOW_UP.question in str(asked["messages"])
    assert FOLLOW_UP.before in str(asked["messages"])


async def test_a_question_that_stands_alone_asks_no_model(
    answerer: ModelAnswerer,  # noqa: F811
    model: ScriptedModel,
) -> None:
    assert await answerer.query(Asking("Vad kostar bygglov?"), "sv") == "Vad kostar bygglov?"
    assert model.requests == []


@pytest.mark.parametrize(
    "script",
    [
        Script(status=503),
        Script(pieces=()),
        Script(pieces=("Bygglov kostar\n4 200 kronor.",)),
        Script(pieces=("x" * 301,)),
        Script(pieces=("Vad", " kostar"), drop_after=1),
    ],
    ids=["unavailable", "silent", "lines", "too long", "dropped"],
)
async def test_the_rule_words_it_when_the_model_does_not(
    answerer: ModelAnswerer,  # noqa: F811
    model: ScriptedModel,
    script: Script,
) -> None:
    model.script = script
    assert await answerer.query(FOLLOW_UP, "sv") == BY_RULE
