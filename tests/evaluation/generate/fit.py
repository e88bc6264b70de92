"""Fit the extractive answerer's weights and thresholds, say how well they do by cross-validation, and write them.

    python -m tests.evaluation.generate.fit ../shared/data/retrieval --collected FILE [--write]

Fitted on: swequad-mc and swefaq as they are in the folder, the demo's `questions.jsonl` and `questions-more.jsonl`, and
the questions in everyday words beside this file.
Never looked at here: `questions-held-out.jsonl` and `questions-fresh.jsonl`, and the parts of the sets that are kept
aside. Folds are by page.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import yaml

from allmanning.generate.extract.abstain import hopeless, signals
from allmanning.generate.extract.measures import ENCODED, NAMES
from allmanning.generate.extract.network import Network
from allmanning.generate.extract.ranking import Ranked, Ranking, scored
from allmanning.generate.extract.weights import Linear
from allmanning.index.embed.local import LocalEmbedder
from tests.evaluation.generate.cases import FOLDS, Case, cases
from tests.evaluation.generate.collected import Collected, collect, keep, kept
from tests.evaluation.generate.demo_index import collect_demo, collect_everyday
from tests.evaluation.generate.linear import logit, ranker
from tests.evaluation.generate.network import network

SETS = ("swequad-mc", "swefaq")
FITTED = ("questions.jsonl", "questions-more.jsonl")
ANSWERED = 0.95
# Of the questions in everyday words that have an answer. With .635, of 230 questions that nobody had fitted on 72 were
# answered rightly and 30 wrongly, and 21 of 50 without an answer; with .55 it is 67, 22 and 15, and who gets no answer
# sees the pages where it may stand.
ANSWERED_EVERYDAY = 0.55
RECIPE_SIGNALS = ("best_coverage", "most_framed_grams", "dense", "terms")
_TOLD = "answerable swequad-mc"
# Signals that the encoder has a part in: without it, a passage's score is another kind of figure. What words and
# encoder agree on, and how long the question is, tell something only beside it.
_ENCODED = ("likeness", "likest", "dense", "score", "passage", "document_", "asked_words")
# What each kind of case counts in the fit of the confidence, as a whole.
COUNTS = {
    "answerable swequad-mc": 1.4,
    "answerable swefaq": 0.5,
    "answerable demo": 1.0,
    "removed swequad-mc": 1.0,
    # Its siblings stay, which often answer.
    "removed swefaq": 0.15,
    "off swefaq": 0.5,
    "off swequad-mc": 0.5,
    "unanswerable demo": 2.0,
    "answerable everyday": 1.5,
    # Other pages of a municipality often say the same.
    "removed everyday": 0.3,
    "off near": 0.9,
    "off far": 1.2,
}
EVERYDAY_KINDS = ("answerable everyday", "removed everyday", "off near", "off far")
RANKING_COUNTS = {"answerable swequad-mc": 1.0, "answerable demo": 2.0, "answerable everyday": 2.0}
# The logit of what the product gives no confidence to, whatever the signals say.
HOPELESS = -100.0
# The recipe that was set by hand: what the fit starts from, and stays near where the sets tell little.
RECIPE = {"coverage": 0.6, "own_coverage": 0.4, "answer_type": 0.8, "grams": 0.6, "passage": 0.9, "frame": 0.35}


@dataclass(frozen=True)
class Fold:
    """What a model that has not seen a case says of it."""

    case: Case
    hit: int | None
    """0-based place of the first candidate that shows the answer."""
    logit: float


async def collected(data: Path, file: Path | None, demo: Sequence[str] = FITTED) -> list[Collected]:
    """The sets and the demo's questions, from `file` if it is there; otherwise collected, and written there."""
    if file and file.is_file():
        return kept(file)
    embedder = LocalEmbedder(threads=2)
    await embedder.warm_up()
    try:
        found = await collect(data, SETS, embedder) if data.is_dir() else []
        found += await collect_demo(demo, embedder)
        found += await collect_everyday(embedder) if data.is_dir() else []
    finally:
        await embedder.close()
    if file:
        keep(found, file)
    return found


def fitted_ranker(train: Sequence[Case], *, encoded: bool) -> Linear:
    prior = {place: RECIPE.get(name, 0.0) for place, name in enumerate(NAMES) if encoded or name not in ENCODED}
    answerable = [case for case in train if case.kind in RANKING_COUNTS]
    counts = [RANKING_COUNTS[case.kind] for case in answerable]
    found = ranker(answerable, prior, counts)
    return Linear(weights={NAMES[column]: round(float(w), 3) for column, w in zip(prior, found, strict=True)})


def ranking_of(case: Case, model: Linear) -> Ranking:
    scores = scored(case.measured, model)
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    order = np.argsort(-scores, kind="stable")
    ranked = [Ranked(case.found[place], float(scores[place]), float(shares[place])) for place in order]
    return Ranking(ranked, case.measured.ordered(order))


def signals_of(case: Case, model: Linear, *, encoded: bool) -> dict[str, float]:
    told = signals(case.question, ranking_of(case, model), case.passages)
    return {name: value for name, value in told.items() if encoded or not any(part in name for part in _ENCODED)}


def fitted_confidence(train: Sequence[Case], model: Linear, *, encoded: bool) -> Network | Linear:
    usable = [case for case in train if case.reachable or not case.kind.startswith("answerable")]
    told = [signals_of(case, model, encoded=encoded) for case in usable]
    kinds = [case.kind for case in usable]
    weights = np.array([COUNTS[kind] / kinds.count(kind) for kind in kinds])
    labels = np.array([kind.startswith("answerable") for kind in kinds], dtype=float)
    names = list(told[0])
    rows = np.array([[each[name] for name in names] for each in told])
    if encoded:
        return network(names, rows, labels, weights)
    # By words alone a network of these signals is sure of what has nothing to do with the question.
    intercept, found = logit(rows, labels, weights)
    return Linear(intercept=intercept, weights=dict(zip(names, map(float, found), strict=True)))


def recipe_confidence(train: Sequence[Case], model: Linear, *, encoded: bool) -> Linear:
    """The baseline, measured before there was a product: a logit of four signals, of swequad-mc alone."""
    usable = [case for case in train if case.kind == "removed swequad-mc" or (case.kind == _TOLD and case.reachable)]
    told = [signals_of(case, model, encoded=encoded) for case in usable]
    names = [name for name in RECIPE_SIGNALS if name in told[0]]
    labels = np.array([case.kind == _TOLD for case in usable], dtype=float)
    rows = np.array([[each[name] for name in names] for each in told])
    intercept, found = logit(rows, labels, np.ones(len(usable)))
    return Linear(intercept=intercept, weights=dict(zip(names, map(float, found), strict=True)))


def cross_validated(all_cases: Sequence[Case], *, encoded: bool) -> Mapping[str, list[Fold]]:
    """What models fitted on the other folds say of each case: by the recipe, and as they are used."""
    told: dict[str, list[Fold]] = {"recipe": [], "fitted": []}
    for fold in range(FOLDS):
        train = [case for case in all_cases if case.fold != fold]
        model = fitted_ranker(train, encoded=encoded)
        guesses = {
            "recipe": recipe_confidence(train, model, encoded=encoded),
            "fitted": fitted_confidence(train, model, encoded=encoded),
        }
        for case in all_cases:
            if case.fold == fold:
                order = np.argsort(-scored(case.measured, model), kind="stable")
                hits = np.flatnonzero(case.answers[order])
                shown = signals_of(case, model, encoded=encoded)
                never = hopeless(case.question, ranking_of(case, model))
                for name, guess in guesses.items():
                    logit = HOPELESS if never and name == "fitted" else guess.of(shown)
                    told[name].append(Fold(case, int(hits[0]) if len(hits) else None, logit))
    return told


def threshold(told: Sequence[Fold]) -> float:
    """The logit that `ANSWERED_EVERYDAY` of everyday's answerable questions reach; else `ANSWERED` of swequad-mc's."""
    everyday = [each.logit for each in told if each.case.kind == "answerable everyday"]
    if everyday:
        return float(np.quantile(everyday, 1 - ANSWERED_EVERYDAY))
    reached = [each.logit for each in told if each.case.kind == _TOLD and each.case.reachable]
    return float(np.quantile(reached, 1 - ANSWERED))


def figures(told: Sequence[Fold]) -> Mapping[str, float]:
    """Span within the first 1, 2, 3 for each answerable set, and the share of each kind that is answered."""
    least = threshold(told)
    found: dict[str, float] = {}
    for kind in COUNTS:
        mine = [each for each in told if each.case.kind == kind]
        if not mine:
            continue
        found[f"answered {kind}"] = float(np.mean([each.logit >= least for each in mine]))
        if kind in RANKING_COUNTS:
            for first in (1, 2, 3):
                found[f"top {first} {kind}"] = float(
                    np.mean([each.hit is not None and each.hit < first for each in mine])
                )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.generate.fit", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--collected", type=Path, help="keep what the search found here, and use it when it is there")
    parser.add_argument("--write", action="store_true", help="write the weights into the package")
    given = parser.parse_args()
    all_cases = cases(asyncio.run(collected(given.data, given.collected)))
    written: dict[str, object] = {"version": 2}
    networks: dict[str, object] = {}
    for name, encoded in (("encoded", True), ("by_words", False)):
        # By words alone, questions that share none with their answer teach only to answer anything.
        usable = [case for case in all_cases if encoded or case.kind not in EVERYDAY_KINDS]
        told = cross_validated(usable, encoded=encoded)
        for way, each in told.items():
            print(name, way, {key: round(value, 3) for key, value in figures(each).items()}, flush=True)
        model = fitted_ranker(usable, encoded=encoded)
        least = 1 / (1 + np.exp(-threshold(told["fitted"])))
        sure = fitted_confidence(usable, model, encoded=encoded)
        weighed: dict[str, object] = {"ranking": model.model_dump(), "least_confidence": round(float(least), 4)}
        (networks if encoded else weighed)[name if encoded else "confidence"] = sure.model_dump()
        written[name] = weighed
    text = yaml.safe_dump(written, sort_keys=False)
    print(text)
    if given.write:
        folder = Path(str(files("allmanning.generate").joinpath("extract")))
        folder.joinpath("weights.yaml").write_text(text, encoding="utf-8")
        folder.joinpath("confidence.json").write_text(json.dumps(networks) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
