"""A table is told in words: the row that is asked for, the column that is asked for first, each name once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Passage, ScoredPassage
from allmanning.generate.citations import Citations
from allmanning.generate.draft import DraftSentence
from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.candidates import candidates
from allmanning.generate.extract.table import rows_beside, table

LENT = """Utrustning | Pris | Lånetid
Energimätare för vägguttag | 0 kronor | 4 veckor
Värmekamera till mobilen | 0 kronor | 3 dagar
Koldioxidmätare | 0 kronor | 2 veckor"""
CLASSES = """Årskurs | Minsta avstånd
Förskoleklass–årskurs 3 | 2 kilometer
Årskurs 4–6 | 3 kilometer
Årskurs 7–9 | 4 kilometer"""
OPEN = """Dag | 1 april–30 september | 1 oktober–31 mars
Måndag | 10.00–19.00 | 10.00–18.00
Lördag | 9.00–15.00 | 10.00–14.00"""
CHILDREN = """Antal barn | Avgift
1 | 30 kronor
2 | 40 kronor, högst"""
FEES = """Avgift | 2026
Avgift per kubikmeter vatten | 35,40 kronor
Fast avgift | 4 110 kronor"""


def told(text: str, question: str, first: int = 0) -> tuple[list[ScoredPassage], DraftSentence]:
    """What is said when the search liked that row best."""
    found = [ScoredPassage(passage=Passage(id="p", text=text, document=DocumentVersion(id="d")), score=0.9, dense=0.9)]
    rows, asked = candidates(found), Asked.of(question)
    return found, table(rows_beside(rows[first], rows, asked) or [rows[first]], text, asked)


@pytest.mark.parametrize(
    ("text", "question", "words"),
    [
        (LENT, "Hur länge får man låna värmekamera?", "Värmekamera till mobilen – lånetid: 3 dagar, pris: 0 kronor."),
        (LENT, "Vad kostar det att låna värmekamera?", "Värmekamera till mobilen – pris: 0 kronor, lånetid: 3 dagar."),
        (CLASSES, "Hur långt till skolan? Han börjar femman", "Årskurs 4–6 – minsta avstånd: 3 kilometer."),
        (CLASSES, "Vilket avstånd gäller i åk 2?", "Förskoleklass–årskurs 3 – minsta avstånd: 2 kilometer."),
        (OPEN, "Är tippen öppen på lördagar i december?", "Lördag – 1 oktober–31 mars: 10.00–14.00."),
        (OPEN, "Är den öppen lördag?", "Lördag – 1 april–30 september: 9.00–15.00, 1 oktober–31 mars: 10.00–14.00."),
        (FEES, "vad kostar en kubikmeter vatten", "Avgift per kubikmeter vatten – 2026: 35,40 kronor."),
    ],
)  # fmt: skip
def test_the_row_that_the_question_names_is_said_alone_with_the_column_it_asks_for_first(
    text: str, question: str, words: str
) -> None:
    found, said = told(text, question)

    assert said.text == words
    assert Citations(found).support_of(said) == 1.0


def test_a_label_that_is_a_figure_keeps_the_name_of_its_column() -> None:
    _, said = told(CHILDREN, "Vad är avgiften?")

    assert said.text == "– Antal barn: 1 – avgift: 30 kronor\n– Antal barn: 2 – avgift: 40 kronor, högst"


FEE = "Barn | Avgift\nBarn 1 | 1 547 kronor\nBarn 2 | 1 031 kronor"


@pytest.mark.parametrize(("question", "rows"), [("Avgift för två barn?", 2), ("2 barn, avgift?", 2), ("Barn 2?", 1)])
def test_how_many_there_are_is_not_which_one_it_is(question: str, rows: int) -> None:
    _, said = told(FEE, question)

    assert said.text.count("kronor") == rows
    assert "1 031" in said.text


_CELL = st.text(alphabet="abåö 19–,", max_size=8)


@given(st.lists(st.lists(_CELL, min_size=2, max_size=4), min_size=2, max_size=5), st.text(max_size=30))
def test_whatever_is_said_of_a_table_stands_in_it(cells: list[list[str]], question: str) -> None:
    text = "\n".join(f"| {' | '.join(each)} |" for each in cells)
    found = [ScoredPassage(passage=Passage(id="p", text=text, document=DocumentVersion(id="d")), score=0.9, dense=0.9)]
    rows, asked = [each for each in candidates(found) if each.kind == "row"], Asked.of(question)

    for each in rows:
        said = table(rows_beside(each, rows, asked) or [each], text, asked)
        if said.pieces:
            assert Citations(found).support_of(said) == 1.0
        for piece in said.pieces:
            assert piece.lower() in said.text.lower()
