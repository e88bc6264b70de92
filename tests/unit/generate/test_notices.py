"""What is told in place of an answer is there in the languages that an answer's foreword is, with the same numbers."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
import yaml

from allmanning.generate.notices import NOTICES, notice, told_in

HERE = files("allmanning.generate")
CATALOGUE = yaml.safe_load(HERE.joinpath("notices.yaml").read_bytes())["notices"]
LANGUAGES = sorted(CATALOGUE["in_swedish"].keys() - {"en"})
TOLD = (
    "emergency", "emergency_self_harm", "emergency_violence", "emergency_poisoning", "emergency_need", "if_danger",
    "in_general", "no_support", "out_of_scope", "wrong_authority", "hand_over", "wants_human", "refused", "review",
    "personal_data", "nearby",
)  # fmt: skip


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d[\d -]*\d", text)) | set(re.findall(r"\{\w+\}", text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TOLD)
def test_a_notice_is_told_in_the_language_with_the_same_numbers(language: str, name: str) -> None:
    told, english = notice(name, language), notice(name, "en")

    assert told != english
    assert numbers(told) == numbers(english) - {"{answers_for}"}
    assert told.encode()[:20] in NOTICES


def test_a_language_has_no_notice_that_is_not_known_and_an_unknown_language_gets_the_english() -> None:
    named = {key for file in HERE.joinpath("languages").iterdir() for key in yaml.safe_load(file.read_bytes())}

    assert named == set(TOLD)
    assert notice("no_support", "zh") == notice("no_support", "en")
    assert notice("in_swedish", "ar") == CATALOGUE["in_swedish"]["ar"]
    # Of one that the rules name and nobody has written: it points to a person.
    assert notice("nytt", "fi") == notice("hand_over", "fi")


def test_what_language_a_notice_is_told_in() -> None:
    assert [told_in(each) for each in ("sv", "en", "so", "zh")] == ["sv", "en", "so", "en"]
