"""Each number that is asked for stands in one document, among others that nearly have it."""

from __future__ import annotations

import re
from collections import Counter

from tests.evaluation.retrieval.identifiers import identifiers
from tests.evaluation.retrieval.languages import LANGUAGES, asked_in_languages

# As documents write them.
NUMBER = re.compile(r"[A-Z]{2,3} \d{4}/\d{5,}|\(\d{4}:\d+\)|\d+ kap\. \d+ § [^.]+")


def numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)))


def test_sixty_questions_with_one_right_document_each() -> None:
    judged = identifiers(1_000)
    assert len(judged.corpus) == 1_000
    assert len(judged.grades) == len(judged.queries) == 60
    for query, grades in judged.grades.items():
        [target] = grades
        [first, second] = sorted(numbers(judged.queries[query]))
        assert sorted(numbers(judged.corpus[target].text)) == [first, second]


def test_no_document_but_the_right_one_has_the_number() -> None:
    judged = identifiers(1_000)
    said = {name: NUMBER.findall(entry.text) for name, entry in judged.corpus.items()}
    held = Counter(number for [number] in said.values())
    targets = [next(iter(grades)) for grades in judged.grades.values()]
    assert [held[said[target][0]] for target in targets] == [1] * 60


def test_more_documents_leave_the_questions_as_they_were() -> None:
    assert identifiers(500).queries == identifiers(800).queries


def test_every_question_in_every_language_has_a_demo_document() -> None:
    judged = asked_in_languages()
    assert len(judged.queries) == 12 * len(LANGUAGES)
    assert {source for grades in judged.grades.values() for source in grades} <= judged.corpus.keys()
