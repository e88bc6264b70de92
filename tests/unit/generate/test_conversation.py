"""The question is the last user message; one that cannot stand alone takes the one before it along."""

from __future__ import annotations

import pytest

from allmanning.contracts.generate.v1.generate_pb import Message
from allmanning.generate.conversation import asking


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
