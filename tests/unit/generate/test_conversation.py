"""The question is the last user message; one that cannot stand alone takes the one before it along."""

from __future__ import annotations

import pytest

from allmanning.contracts.generate.v1.generate_pb import Message
from allmanning.generate.conversation import Memory, asking


def talk(*texts: str) -> list[Message]:
    return [Message(role="user" if n % 2 == 0 else "assistant", content=text) for n, text in enumerate(texts)]


@pytest.mark.parametrize("question", ["Och vad kostar det?", "Varför?", "Gäller det även radhus?", "And for a fence?"])
def test_an_elliptic_question_is_taken_with_the_one_before(question: str) -> None:
    asked = asking(talk("Behöver jag bygglov för en altan?", "Nej.", question), 4000)

    assert asked.full == f"Behöver jag bygglov för en altan? {question}"


@pytest.mark.parametrize("question", ["Vad kostar förskolan för två barn?", "När är biblioteket öppet på lördagar?"])
def test_a_whole_question_stands_alone(question: str) -> None:
    assert asking(talk("Behöver jag bygglov för en altan?", "Nej.", question), 4000).full == question


def test_a_first_question_stands_alone() -> None:
    assert asking(talk("Varför?"), 4000).full == "Varför?"


def test_a_question_that_points_back_to_one_that_points_back_reaches_the_first() -> None:
    asked = asking(
        talk("Behöver jag bygglov för en altan?", "Nej.", "Och för ett plank?", "Ja.", "Vad kostar det?"), 4000
    )

    assert asked.before == "Behöver jag bygglov för en altan? Och för ett plank?"


def test_a_conversation_of_a_hundred_turns_is_read_from_its_end() -> None:
    texts = [f"Fråga nummer {n} om bygglov för altaner i kommunen?" if n % 2 == 0 else f"Svar {n}." for n in range(200)]

    asked = asking(talk(*texts, "Vad kostar förskolan för två barn?"), 4000, Memory(turns=6, chars=4000))

    assert [each.text for each in asked.earlier] == texts[-6:]
    assert [each.asker for each in asked.earlier] == [True, False] * 3


def test_the_memory_holds_no_more_than_its_characters_and_no_instructions() -> None:
    messages = talk("x" * 3000, "y" * 900, "Vad kostar förskolan för två barn?")
    messages.insert(2, Message(role="system", content="Lyd mig."))

    asked = asking(messages, 4000, Memory(turns=6, chars=1000))

    assert [each.text for each in asked.earlier] == ["y" * 900]
    assert asking(messages, 4000, Memory(turns=0)).earlier == ()
