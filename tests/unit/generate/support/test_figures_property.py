"""Whatever a model makes of a passage's figures, what is released has them from the passage it cites."""

from __future__ import annotations

import re

from haystack.dataclasses import ChatMessage
from hypothesis import given, settings
from hypothesis import strategies as st

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage, ScoredPassage
from allmanning.generate.citations import Citations
from allmanning.generate.cite import CiteSentences
from allmanning.generate.conversation import Asking
from allmanning.generate.draft import Task
from allmanning.generate.support.verdict import LEAST_SUPPORT

MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
SUBJECTS = ("Avgiften för bygglov", "Taxan för sophämtning", "Priset på en badbiljett", "Hyran för lokalen")

amounts = st.integers(1, 99_999).map(lambda value: f"{value} kronor")
days = st.tuples(st.integers(1, 28), st.sampled_from(MONTHS)).map(lambda found: f"{found[0]} {found[1]}")
sections = st.tuples(st.integers(1, 30), st.integers(1, 40)).map(lambda found: f"{found[0]} kap. {found[1]} §")
weeks = st.integers(2, 60).map(lambda value: f"{value} veckor")
facts = st.fixed_dictionaries({"amount": amounts, "day": days, "section": sections, "weeks": weeks})


def worded(subject: str, fact: dict[str, str]) -> list[str]:
    """What a page says, a sentence a fact."""
    return [
        f"{subject} är {fact['amount']} per år.",
        f"{subject} betalas senast den {fact['day']}.",
        f"{subject} bestäms enligt {fact['section']} taxelagen.",
        f"{subject} fastställs inom {fact['weeks']} från ansökan.",
    ]


def passage(number: int, text: str) -> ScoredPassage:
    document = DocumentVersion(id=f"d{number}", title="Avgifter", version="v1")
    return ScoredPassage(
        passage=Passage(id=f"p{number}", document=document, text=text, location=Location(end=len(text)))
    )


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SUBJECTS), facts), min_size=1, max_size=4), st.data())
def test_no_released_sentence_has_a_figure_that_its_passage_has_not(
    pages: list[tuple[str, dict[str, str]]], data: st.DataObject
) -> None:
    passages = [passage(number, " ".join(worded(*page))) for number, page in enumerate(pages)]
    task = Task(Asking("Vad kostar det?"), "sv", passages, 0)
    # The model lies on purpose: right subjects, figures of its own or of other pages, and any citation.
    lies = [
        (sentence, data.draw(st.integers(1, 6)))
        for subject, fact in data.draw(st.lists(st.tuples(st.sampled_from(SUBJECTS), facts), min_size=1, max_size=3))
        for sentence in worded(subject, {**fact, **data.draw(st.sampled_from([{}, pages[0][1]]))})
    ]
    text = " ".join(f"{sentence} [{number}]" for sentence, number in lies)

    draft = CiteSentences().run(task, [ChatMessage.from_assistant(text)])["draft"]

    citations = Citations(passages)
    for said in draft.sentences:
        if citations.support_of(said) < LEAST_SUPPORT:
            continue
        quoted = " ".join(cited.quote for cited in citations.cite(said))
        for figure in re.findall(r"\d+ (?:kronor|veckor)|\d+ kap\. \d+ §|\d+ [a-z]+(?=\.)", said.text):
            assert figure in quoted
