from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.index.sentences import sentences


def split(text: str) -> list[str]:
    return [" ".join(text[start:end].split()) for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Vi har öppet t.ex. Måndagar kl. 8.00. Ring oss.",
            ["Vi har öppet t.ex. Måndagar kl. 8.00.", "Ring oss."],
        ),
        (
            "Avgiften är 1.200 kr. Den betalas i förväg.",
            ["Avgiften är 1.200 kr.", "Den betalas i förväg."],
        ),
        (
            "Enligt 2 kap. 3 § gäller detta. Se bil. 2.",
            ["Enligt 2 kap. 3 § gäller detta.", "Se bil. 2."],
        ),
        ("Mat, kläder m.m. Ansök i tid.", ["Mat, kläder m.m.", "Ansök i tid."]),
        ("Mat, kläder m.m. ingår i normen.", ["Mat, kläder m.m. ingår i normen."]),
        (
            "Beslutet fattas av A. Svensson. Det gäller.",
            ["Beslutet fattas av A. Svensson.", "Det gäller."],
        ),
        ("Dnr. 2024-12 avser bygglov.", ["Dnr. 2024-12 avser bygglov."]),
        ('Han sa: "Nej." Sedan gick han.', ['Han sa: "Nej."', "Sedan gick han."]),
        (
            "Altanen kräver inte lov. [1] Är den högre? [2][3]",
            ["Altanen kräver inte lov. [1]", "Är den högre? [2][3]"],
        ),
        ("Så är det… Eller?", ["Så är det…", "Eller?"]),
        ("Version 1.2 gäller.", ["Version 1.2 gäller."]),
    ],
)
def test_marks_end_a_sentence_only_where_it_ends(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_lines_that_stand_alone_are_sentences_of_their_own() -> None:
    text = (
        "# Rubrik\nDu ska ha:\n- ett giltigt pass\n- en inbjudan\n1. Logga in. Det går fort.\n"
        "| Ålder | Avgift |\n| 7–17 år | 100 kr. Ett år |\nSeniorer | 50 kr. Ett år"
    )

    assert split(text) == [
        "# Rubrik",
        "Du ska ha:",
        "- ett giltigt pass",
        "- en inbjudan",
        "1. Logga in.",
        "Det går fort.",
        "| Ålder | Avgift |",
        "| 7–17 år | 100 kr. Ett år |",
        "Seniorer | 50 kr. Ett år",
    ]


def test_lines_broken_by_a_page_width_are_joined() -> None:
    text = (
        "Helsingborgs stad välkomnar kommissionens färdplan för ett hållbart och\n"
        "brett införande av artificiell intelligens i Sverige. Förslaget innehåller\n"
        "flera viktiga insikter. De största hindren för AI i\n"
        "Helsingborg är juridik och datahantering.\n\nData och datahantering\n\nMöjligheten att dela är viktig."
    )

    assert split(text)[1:] == [
        "Förslaget innehåller flera viktiga insikter.",
        "De största hindren för AI i Helsingborg är juridik och datahantering.",
        "Data och datahantering",
        "Möjligheten att dela är viktig.",
    ]


def test_lower_case_items_after_long_lines_stay_apart() -> None:
    text = (
        "För att få visum ska du ha\n"
        + "ett pass som är giltigt i minst tre månader efter resan " * 3
        + "\nen inbjudan"
    )

    assert split(text)[0] == "För att få visum ska du ha"
    assert split(text)[-1] == "en inbjudan"


@given(st.text(alphabet="Abc åÖ.!?\n\r\f-[1]§|#t.ex", max_size=200))
def test_spans_are_ordered_and_leave_only_white_space_out(text: str) -> None:
    spans = sentences(text)

    covered = 0
    for start, end in spans:
        assert covered <= start < end
        assert not text[covered:start].strip()
        assert text[start:end] == text[start:end].strip()
        covered = end
    assert not text[covered:].strip()
