"""What counts as a right answer, and how two runs are set side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.gateway.evaluation.answered import Answered, Cited
from allmanning.gateway.evaluation.checks import checked
from allmanning.gateway.evaluation.faithful import Said, is_faithful, sentences_of
from allmanning.gateway.evaluation.figures import figures_of_answers
from allmanning.gateway.evaluation.questions import KeyedQuestion, read_questions
from allmanning.gateway.evaluation.readability import lix
from allmanning.index.language import detect
from allmanning.node.evaluate.answer_comparison import compared
from allmanning.node.evaluate.answer_run import AnswerRun
from allmanning.node.evaluate.answers import Told, answered, judged, misses
from allmanning.runtime.errors import InvalidInput

QUOTE = "Att lämna barn på förskolan kostar högst 1 547 kronor i månaden."
KEY = KeyedQuestion(
    id="q1", question="Vad kostar förskolan?", expect="answered", language="sv", sources=["skola/avgift.html"],
    facts=["1 547"],
)  # fmt: skip
SILENT = KeyedQuestion(id="q2", question="Vem vann?", expect="abstained", reason="not_in_sources")


def said(text: str = f"{QUOTE} [1]", outcome: str = "answered", *, reason: str = "", source: str = "skola/avgift.html"):
    cited = Cited(number=1, source=source, quote=QUOTE, around="Avgifter i förskolan")
    return Answered(outcome=outcome, reason=reason, text=text, cited=[cited], seconds=0.5)


def run(first: Answered, second: Answered | None = None, **pins: str) -> AnswerRun:
    silent = said("Vi hittar inget säkert svar.", "abstained", reason="not_in_sources")
    return AnswerRun(answers={"q1": first, "q2": second or silent}, model="m", pins=pins)


def test_a_right_answer_says_the_facts_cites_the_source_and_stands_in_it() -> None:
    judgement = checked(KEY, said(), detect)

    assert judgement.right
    assert (judgement.facts, judgement.source, judgement.faithful, judgement.language) == (True, True, True, True)
    assert (judgement.sentences, judgement.words) == (1, 10)


def test_a_space_that_does_not_break_is_a_space() -> None:
    assert checked(KEY, said(f"{QUOTE} [1]".replace("1 547", "1\u00a0547")), detect).right


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (said("Att lämna barn på förskolan kostar pengar i månaden. [1]"), "facts"),
        (said(source="skola/annat.html"), "source"),
        (said(f"{QUOTE} [1] Det kostar också 99 kronor i månaden. [1]"), "faithful"),
        (said(f"{QUOTE} [2]"), "faithful"),
        (said(QUOTE), "faithful"),
        (said(f"{QUOTE} [1] Hunden skäller hela natten lång. [1]"), "faithful"),
        (said("The fee for preschool is at most 1 547 kronor a month. [1]"), "language"),
    ],
)
def test_each_kind_of_fault_is_seen(answer: Answered, wrong: str) -> None:
    judgement = checked(KEY, answer, detect)

    assert getattr(judgement, wrong) is False
    assert not judgement.right
    assert judgement.wrongs


def test_words_of_another_language_are_right_when_the_asker_is_told_in_hers() -> None:
    english = KEY.model_copy(update={"language": "en"})
    told = said().model_copy(update={"foreword": "The documents are in Swedish. Here are their own words:"})

    assert checked(english, said(), detect).language is False
    assert (checked(english, told, detect).right, checked(english, told, detect).quoted) == (True, True)
    assert checked(KEY, told, detect).language is False
    figures = figures_of_answers(judged([english, SILENT], run(told)))
    assert (figures.language, figures.quoted, figures.right) == (1.0, 1.0, 1.0)


def test_the_outcome_and_its_reason_must_be_the_expected_ones() -> None:
    assert checked(SILENT, said("Vi hittar inget.", "abstained", reason="not_in_sources"), detect).right
    assert not checked(SILENT, said("Vi hittar inget.", "abstained", reason="out_of_scope"), detect).right
    assert not checked(SILENT, said(), detect).right


def test_an_answer_is_cut_at_its_marks() -> None:
    pieces = sentences_of("Ja. [1] Nej, aldrig.\n– En sak\n– En till [2][3] Slut.")

    assert pieces == [Said("Ja.", [1]), Said("Nej, aldrig.\n– En sak\n– En till", [2, 3]), Said("Slut.", [])]


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_figure_that_is_not_cited_is_never_faithful(cited: int, told: int) -> None:
    quote = Cited(number=1, source="s", quote=f"Avgiften är {cited} kronor.", around="")

    assert is_faithful(Said(f"Avgiften är {told} kronor.", [1]), {1: quote}) == (cited == told)


def test_lix_is_words_per_sentence_and_per_cent_of_long_words() -> None:
    assert lix("Det är kort. Bygglovet behövs alltid.") == pytest.approx(6 / 2 + 100 * 1 / 6)
    assert lix("12 %") is None


def test_figures_are_over_the_questions_that_they_concern() -> None:
    figures = figures_of_answers(judged([KEY, SILENT], run(said(source="x"))))

    assert figures.outcome_by_kind == {"abstained": 1.0, "answered": 1.0}
    assert (figures.fact, figures.source, figures.right) == (1.0, 0.0, 0.5)
    assert figures.ms_per_question == pytest.approx(500)


def test_two_runs_are_compared_question_by_question_with_what_differs_in_their_terms(tmp_path: Path) -> None:
    before = run(said(), prompt="sha256:1", code="sha256:9")
    before.save(tmp_path / "a.json")
    after = run(said(source="x"), prompt="sha256:2", code="sha256:9")

    comparison = compared([KEY, SILENT], AnswerRun.read(tmp_path / "a.json"), after)

    assert comparison.pins_changed == ["prompt"]
    assert [(old.question.id, new.right) for old, new in comparison.changes] == [("q1", False)]
    shown = json.loads(json.dumps(comparison.as_dict()))
    assert shown["difference"]["source"] == -1.0
    assert shown["difference"]["outcome_by_kind"] == {"abstained": 0.0, "answered": 0.0}
    assert shown["changes"][0]["missing"] == ["skola/avgift.html"]
    assert "Ändrade frågor: 1 (1 sämre, 0 bättre)." in comparison.report()


def test_answers_to_other_questions_are_not_compared() -> None:
    with pytest.raises(InvalidInput) as caught:
        judged([KEY], run(said()))
    assert caught.value.code == "evaluation.other_questions"


async def test_terms_that_change_during_a_run_end_it() -> None:
    async def ask(question: KeyedQuestion) -> Told:
        return Told(said(), "m", {"prompt": question.id})

    with pytest.raises(InvalidInput) as caught:
        await answered([KEY, SILENT], ask)
    assert caught.value.code == "evaluation.changed"


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("", "evaluation.empty"),
        ('{"id": "a"}', "evaluation.malformed"),
        ('{"id": "a", "question": "x", "expect": "ja"}', "evaluation.malformed"),
        ('{"id": "a", "question": "x", "expect": "answered"}\n' * 2, "evaluation.malformed"),
    ],
)
def test_a_file_that_is_no_questions_is_refused(tmp_path: Path, lines: str, code: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(lines)

    with pytest.raises(InvalidInput) as caught:
        read_questions(file)
    assert caught.value.code == code


def test_misses_name_what_was_wrong() -> None:
    assert misses(judged([KEY, SILENT], run(said(source="x")))) == [
        {
            "id": "q1",
            "question": "Vad kostar förskolan?",
            "expected": "answered",
            "outcome": "answered",
            "missing": ["skola/avgift.html"],
        }
    ]
