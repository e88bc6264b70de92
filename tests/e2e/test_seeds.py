"""Two real municipal documents, one of them read by bad OCR, go in as they are and answer questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.test_questions import ask
from tests.platform_node import Platform

AUTHORITY = "helsingborg"

# Words that the sentence with the answer holds, in the documents' own spelling.
QUESTIONS = [
    ("Vilka är de största hindren för AI i Helsingborg?", ("hind",)),
    # Read by OCR as "Al-fabrik", which is how the document spells it.
    ("Vad menas med AI-fabrik?", ("-fabrik", "open source")),
    ("Hur stor är nyttan av AI i offentlig förvaltning per år?", ("140",)),
    ("Vilka myndigheter fick uppdraget 2021 att främja användningen av AI?", ("DIGG", "Arbetsf")),
]


@pytest.fixture(scope="module")
def seeded(demo: Platform, shared_data: Path) -> str:
    demo.deploy(AUTHORITY)
    seeds = shared_data / "documents" / "seeds"
    outcome = demo.command("ingest", "--authority", AUTHORITY, "--collection", "rapporter", str(seeds))
    assert outcome["rejected"] == []
    assert outcome["indexed"]
    return demo.key(AUTHORITY, "citizen")


@pytest.mark.parametrize(("question", "words"), QUESTIONS)
def test_a_real_question_gets_the_right_sentence(
    question: str, words: tuple[str, ...], demo: Platform, seeded: str
) -> None:
    with demo.http(seeded) as client:
        text, decision = ask(client, question)
    assert decision["outcome"] == "answered", text
    assert decision["citations"]
    for word in words:
        assert word.lower() in text.lower(), text


@pytest.mark.usefixtures("seeded")
def test_the_same_files_again_are_unchanged(demo: Platform, shared_data: Path) -> None:
    seeds = shared_data / "documents" / "seeds"
    again = demo.command("ingest", "--authority", AUTHORITY, "--collection", "rapporter", str(seeds))
    assert (again["indexed"], again["rejected"]) == (0, [])
    assert again["unchanged"]
