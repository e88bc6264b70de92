"""Print how many released sentences have a figure that is not in what they cite, with a model that lies on purpose.

python -m tests.evaluation.generate.lies

The model repeats sentences of real pages with numbers, dates, amounts and sections of its own, or of another
sentence or page, under any citation. What is a figure is judged here, by the digits alone, not by the product's checks.
"""

from __future__ import annotations

import asyncio
import random
import re
from pathlib import Path
from typing import Final

from haystack.dataclasses import ChatMessage

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage, ScoredPassage
from allmanning.generate.citations import Citations
from allmanning.generate.cite import CiteSentences
from allmanning.generate.conversation import Asking
from allmanning.generate.draft import DraftSentence, Task
from allmanning.generate.support.containment import containment
from allmanning.generate.support.verdict import LEAST_SUPPORT
from allmanning.generate.support.verifier import Verifier
from allmanning.index.sentences import sentences
from tests.evaluation.generate.planted import pages
from tests.evaluation.judged_data import given, parser

ANSWERS: Final = 400
SEEN_AT_ONCE: Final = 5
_FIGURE: Final = re.compile(r"\d+")
_MONTH: Final = re.compile(
    r"\b(?:januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december)\b"
)


def figures(text: str) -> set[str]:
    """Runs of digits, grouped thousands as one, and months."""
    joined = re.sub(r"(?<=\d)[ .\u00a0](?=\d{3}(?!\d))", "", text)
    return {found.lstrip("0") or "0" for found in _FIGURE.findall(joined)} | set(_MONTH.findall(text.lower()))


def lied(sentence: str, others: list[str], chance: random.Random) -> str:
    """The sentence with one or all of its figures replaced."""

    def other(found: re.Match[str]) -> str:
        kind = chance.random()
        if kind < 0.3:
            return found.group()
        if kind < 0.7 and others:
            return chance.choice(others)
        return str(int(found.group()) + chance.choice((1, -1, 10, 100, 900))).lstrip("-")

    return _FIGURE.sub(other, sentence)


async def main(data: Path) -> None:
    chance = random.Random(6)
    texts = [text for name in ("swequad-mc", "swefaq") for text in pages(data / name)]
    with_figures = [text for text in texts if len(_FIGURE.findall(text)) > 3]
    said = released = wrong = baseline = 0
    for _ in range(ANSWERS):
        shown = chance.sample(with_figures, SEEN_AT_ONCE)
        task = Task(Asking("?"), "sv", [_scored(number, text) for number, text in enumerate(shown)], 0)
        others = [figure for text in shown for figure in _FIGURE.findall(text)]
        stated = [
            text[slice(*span)] for text in shown[:3] for span in sentences(text) if _FIGURE.search(text[slice(*span)])
        ]
        lies = [lied(" ".join(each.split()), others, chance) for each in chance.sample(stated, min(4, len(stated)))]
        text = "\n".join(f"{each} [{chance.randint(1, SEEN_AT_ONCE + 1)}]" for each in lies)
        draft = CiteSentences().run(task, [ChatMessage.from_assistant(text)])["draft"]
        judged = await Verifier().verified(task, draft.sentences)
        citations = Citations(task.passages)
        said += len(lies)
        for each in judged:
            baseline += containment(each.text, citations.quoted(each)) >= LEAST_SUPPORT and _is_wrong(each, citations)
            if each.verdict is not None and each.verdict.support >= LEAST_SUPPORT:
                released += 1
                if _is_wrong(each, citations):
                    wrong += 1
                    print("WRONG:", each.text, "|", citations.quoted(each))
    print(f"{said} sentences said, {released} released; with a figure that is not in what they cite:")
    print(f"  words alone (baseline) {baseline}   checks {wrong}   reach 0")


def _is_wrong(sentence: DraftSentence, citations: Citations) -> bool:
    return not figures(sentence.text) <= figures(citations.quoted(sentence))


def _scored(number: int, text: str) -> ScoredPassage:
    document = DocumentVersion(id=f"d{number}", version="v1")
    return ScoredPassage(
        passage=Passage(id=f"p{number}", document=document, text=text, location=Location(end=len(text)))
    )


if __name__ == "__main__":
    if asked := given(parser("tests.evaluation.generate.lies", __doc__, "retrieval")):
        asyncio.run(main(asked.folder))
