"""Print how well the extractive answerer finds the right sentence and knows when there is none, beside the aims.

    python -m tests.evaluation.generate.extractive [--folder ../shared/data/retrieval] [--collected FILE]

The weights were fitted on these questions, which flatters them a little, and those in everyday words a lot.
`tests.evaluation.generate.fit` prints what models say that have not seen the page. Ten minutes on two processors.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from allmanning.generate.extract.abstain import confidence
from allmanning.generate.extract.ranking import rank
from allmanning.generate.extract.selection import selected, worded
from allmanning.generate.extract.weights import weights
from tests.conftest import SHARED_DATA
from tests.evaluation.generate.cases import Case, cases
from tests.evaluation.generate.fit import collected

# Aim, and what was measured at commit 7e3d5e0, before the weights were fitted.
AIMS: Final[Mapping[str, tuple[float | None, float | None]]] = {
    "span in the first sentence": (0.74, 0.73),
    "span in the first 2": (None, 0.83),
    "span in the first 3": (0.88, 0.86),
    "span in what is said": (None, None),
    "sentences said": (1.6, None),
    "words said": (None, None),
    "answered swequad-mc": (0.95, 0.94),
    # First .95, over 592 of swequad-mc put to swefaq, too.
    "silent, other topic": (0.95, None),
    "silent, page removed": (0.76, 0.61),
    "answered swefaq": (None, 0.76),
    "ms a question": (None, None),
    # Questions as people type them, see `demo_index.EVERYDAY`; before they were fitted on.
    "everyday, answered": (0.75, 0.24),
    "everyday, right in first": (None, 0.29),
    "everyday, right in said": (0.60, 0.44),
    "everyday, answered right": (0.60, 0.15),
    "everyday, near or far silent": (0.75, 0.92),
}


def found(answerable: Sequence[Case]) -> dict[str, float]:
    """Over all questions, whether their page was found or not."""
    first, said, sentences, words, took = [], [], [], [], []
    for case in answerable:
        started = time.perf_counter()
        ranking = rank(case.question, case.found, case.passages)
        took.append(time.perf_counter() - started)
        assert ranking is not None
        best = [case.shows(worded(each.candidate, case.passages)) for each in ranking.ranked[:3]]
        first.append([any(best[: place + 1]) for place in range(3)])
        chosen = selected(ranking.ranked, case.passages, 3, case.question)
        said.append(any(map(case.shows, chosen)))
        sentences.append(len(chosen))
        words.append(sum(len(each.text.split()) for each in chosen))
    one, two, three = np.mean(first, axis=0)
    return {
        "span in the first sentence": one,
        "span in the first 2": two,
        "span in the first 3": three,
        "span in what is said": float(np.mean(said)),
        "sentences said": float(np.mean(sentences)),
        "words said": float(np.mean(words)),
        "ms a question": float(1000 * np.median(took)),
    }


def answered(asked: Sequence[Case]) -> float:
    """The share of them that is confident enough to be answered."""
    return float(np.mean(_sure(asked)))


def everyday(answerable: Sequence[Case], unanswerable: Sequence[Case]) -> dict[str, float]:
    first, said = [], []
    for case in answerable:
        ranking = rank(case.question, case.found, case.passages)
        assert ranking is not None
        chosen = selected(ranking.ranked, case.passages, 3, case.question)
        first.append(case.shows(chosen[0]))
        said.append(any(map(case.shows, chosen)))
    sure = _sure(answerable)
    return {
        "everyday, answered": float(np.mean(sure)),
        "everyday, right in first": float(np.mean(first)),
        "everyday, right in said": float(np.mean(said)),
        "everyday, answered right": float(np.mean(np.logical_and(sure, said))),
        "everyday, near or far silent": 1 - answered(unanswerable),
    }


def _sure(asked: Sequence[Case]) -> list[bool]:
    sure = []
    for case in asked:
        ranking = rank(case.question, case.found, case.passages)
        assert ranking is not None
        least = weights(encoded=ranking.measured.encoded).least_confidence
        sure.append(confidence(case.question, ranking, case.passages) >= least)
    return sure


def figures(all_cases: Sequence[Case]) -> dict[str, float]:
    """See `AIMS`."""

    def of(kind: str) -> list[Case]:
        return [case for case in all_cases if case.kind == kind]

    return {
        **found(of("answerable swequad-mc")),
        "answered swequad-mc": answered([case for case in of("answerable swequad-mc") if case.reachable]),
        "silent, other topic": 1 - answered(of("off swefaq")),
        "silent, page removed": 1 - answered(of("removed swequad-mc")),
        "answered swefaq": answered([case for case in of("answerable swefaq") if case.reachable]),
        **everyday(of("answerable everyday"), [*of("off near"), *of("off far")]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.generate.extractive", description=__doc__)
    parser.add_argument("--folder", type=Path, default=SHARED_DATA / "retrieval", help="folder of the judged sets")
    parser.add_argument("--collected", type=Path, help="keep what the search found here, and use it when it is there")
    given = parser.parse_args()
    if not given.folder.is_dir():
        print(f"no judged sets: {given.folder} is not there")
        return
    measured = figures(cases(asyncio.run(collected(given.folder, given.collected))))
    print(f"{'':<28}{'now':>8}{'first':>8}{'aim':>8}")
    for name, (aim, before) in AIMS.items():
        others = "".join(f"{'' if each is None else f'{each:.2f}':>8}" for each in (before, aim))
        print(f"{name:<28}{measured[name]:>8.3f}{others}")


if __name__ == "__main__":
    main()
