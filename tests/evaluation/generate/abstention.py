"""Print how well the extractive answerer finds answers and knows when there is none, and fit its confidence anew.

python -m tests.evaluation.generate.abstention ../shared/data/retrieval
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from pathlib import Path

import numpy as np

from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.extract.abstain import LEAST_CONFIDENCE, confidence, features
from allmanning.generate.extract.candidates import candidates
from allmanning.generate.extract.ranking import Asked, rank
from allmanning.generate.support.verbatim import squeezed
from tests.evaluation.generate.collected import Collected, collect

SHOWN = 10
# What each kind of case counts in the fit, as a whole. A removed swefaq answer leaves its siblings, which often answer.
WEIGHTS = {"answerable swequad-mc": 1, "answerable swefaq": 1, "removed swequad-mc": 1, "removed swefaq": 0.3, "off": 1}


def cases(collected: list[Collected]) -> list[tuple[str, str, list[ScoredPassage]]]:
    """Kind, question and passages of every case."""
    found = []
    for each in collected:
        if each.asked_of != each.from_set:
            found.append(("off", each.text, [passage for passage, _ in each.found[:SHOWN]]))
        elif each.gold:
            if any(entry in each.gold for _, entry in each.found[:SHOWN]):
                shown = [passage for passage, _ in each.found[:SHOWN]]
                found.append((f"answerable {each.asked_of}", each.text, shown))
            others = [passage for passage, entry in each.found if entry not in each.gold][:SHOWN]
            found.append((f"removed {each.asked_of}", each.text, others))
    return found


def hits(collected: list[Collected]) -> list[float]:
    """Share of swequad-mc's questions whose answer span stands in the first 1, 2, 3 candidates, lead-in included."""
    asked = [each for each in collected if each.asked_of == each.from_set == "swequad-mc"]
    counts = Counter[int]()
    for each in asked:
        passages = [passage for passage, _ in each.found[:SHOWN]]
        for place, ranked in enumerate(rank(Asked.of(each.text), candidates(passages))[:3]):
            candidate = ranked.candidate
            passage, entry = each.found[candidate.passage]
            start = (candidate.lead or candidate.span)[0]
            text = passage.passage.text[start : candidate.span[1]] if passage.passage else ""
            if entry in each.gold and squeezed(each.span).lower() in squeezed(text).lower():
                counts.update(range(place, 3))
                break
    return [counts[place] / len(asked) for place in range(3)]


def fitted(rows: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Intercept and weights of a logistic model, by Newton's method."""
    design = np.c_[np.ones(len(rows)), rows]
    found = np.zeros(design.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (design * (weights * chance * (1 - chance))[:, None]) + 1e-6 * np.eye(len(found))
        found += np.linalg.solve(slope, design.T @ (weights * (labels - chance)))
    return found


def main(data: Path) -> None:
    collected = asyncio.run(collect(data, ("swequad-mc", "swefaq")))
    print("answer span within the first 1/2/3:", [round(share, 3) for share in hits(collected)])
    kinds, rows, sure = [], [], []
    for kind, text, passages in cases(collected):
        question = Asked.of(text)
        ranked = rank(question, candidates(passages))
        if ranked:
            kinds.append(kind)
            rows.append(features(question, ranked, passages))
            sure.append(confidence(question, ranked, passages))
    shares = {
        kind: round(float(np.mean([s >= LEAST_CONFIDENCE for k, s in zip(kinds, sure, strict=True) if k == kind])), 3)
        for kind in WEIGHTS
    }
    print(f"answered at {LEAST_CONFIDENCE}:", shares)
    labels = np.array([kind.startswith("answerable") for kind in kinds], dtype=float)
    weights = np.array([WEIGHTS[kind] / kinds.count(kind) for kind in kinds]) * len(kinds)
    print("fitted:", np.round(fitted(np.array(rows), labels, weights), 2))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
