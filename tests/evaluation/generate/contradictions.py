"""Print how many contradictions would be released, and how many entailed sentences, by the least support asked for.

python -m tests.evaluation.generate.contradictions [--url URL [--labels LABELS]]

The baseline is words alone; "with vectors" is what a platform without an entailment model does. The pairs of each file
are halved by their hash: the checks were developed on one half, and what was not looked at meanwhile is the other.
With the URL of a text-embeddings-inference server that has a model for natural language inference (and its labels, as
JSON such as {"LABEL_0": "entailment"}, when they do not say what they mean), its curve is printed beside them."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Passage, ScoredPassage
from allmanning.generate.conversation import Asking
from allmanning.generate.draft import DraftSentence, Quote, Task
from allmanning.generate.support.containment import containment
from allmanning.generate.support.entailment import Entailment
from allmanning.generate.support.semantics import Semantics
from allmanning.generate.support.verdict import STRICT, verdict
from allmanning.generate.support.verifier import Verifier
from allmanning.index.embed.local import LocalEmbedder
from tests.evaluation.judged_data import given, parser

LABELS: Final = ("entailment", "neutral", "contradiction")
LEAST: Final = (0.5, 0.6, 0.7, STRICT, 0.8, 0.9)
TARGET: Final = 0.03
Pair = tuple[str, str, str]


def pairs(file: Path) -> list[Pair]:
    """Premise, hypothesis, label."""
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    return [(row["premise"], row["hypothesis"], row["label"]) for row in rows]


def halves(found: Sequence[Pair]) -> Mapping[str, list[Pair]]:
    """The half that the checks were developed on, and the one that they are reported on."""
    split: dict[str, list[Pair]] = {"developed on": [], "reported": []}
    for pair in found:
        half = zlib.crc32("\t".join(pair[:2]).encode()) % 2
        split["reported" if half else "developed on"].append(pair)
    return split


def strict(name: str, found: Sequence[Pair], scores: Sequence[float]) -> None:
    """One line: what is released at the strict threshold, in numbers and shares."""
    released = [pair[2] for pair, score in zip(found, scores, strict=True) if score >= STRICT]
    every = [pair[2] for pair in found]
    wrong, right = released.count("contradiction"), released.count("entailment")
    print(
        f"  {name:15} >= {STRICT:.2f}  contradictions {wrong}/{every.count('contradiction')}"
        f" = {wrong / every.count('contradiction'):.3f} (reach: under {TARGET})"
        f"  recall {right}/{every.count('entailment')} = {right / every.count('entailment'):.3f}"
    )


def curve(name: str, found: Sequence[Pair], scores: Sequence[float]) -> None:
    """One line a threshold: the share of each label that is released."""
    for least in LEAST:
        shares = {
            label: np.mean([score >= least for score, pair in zip(scores, found, strict=True) if pair[2] == label])
            for label in LABELS
        }
        print(f"  {name:15} >= {least:.2f}  " + "  ".join(f"{label} {shares[label]:.3f}" for label in LABELS))


def rules(found: Sequence[Pair]) -> Mapping[str, list[float]]:
    """The baseline, words alone, and the checks without any model."""
    return {
        "words only": [containment(said, premise) for premise, said, _ in found],
        "checks": [verdict(said, premise).support for premise, said, _ in found],
    }


async def judged(verifier: Verifier, found: Sequence[Pair]) -> list[float]:
    """The support of each hypothesis as the product verifies a worded sentence."""
    scores = []
    for premise, said, _ in found:
        passage = ScoredPassage(passage=Passage(id="p", document=DocumentVersion(id="d"), text=premise))
        task = Task(Asking("?"), "sv", [passage], 0)
        [sentence] = await verifier.verified(task, [DraftSentence(said, (Quote(0, 0, len(premise)),))])
        scores.append(sentence.verdict.support if sentence.verdict else 0.0)
    return scores


async def main(folder: Path, url: str, labels: Mapping[str, str]) -> None:
    embedder = LocalEmbedder(threads=2)
    await embedder.warm_up()
    semantics = Semantics(embedder, timeout_s=60)
    entailment = Entailment(url, labels=labels, key="", timeout_s=60) if url else None
    for file in sorted(folder.glob("*.jsonl")):
        found = pairs(file)
        print(f"{file.stem}, {len(found)} pairs: share released")
        ways = {**rules(found), "with vectors": await judged(Verifier(semantics), found)}
        if entailment is not None:
            ways["with entailment"] = await judged(Verifier(semantics, entailment), found)
            print(f"  judged by {entailment.model or 'nobody: the server did not answer'}")
        for name, scores in ways.items():
            curve(name, found, scores)
        for title, half in halves(found).items():
            print(f"  {title}:")
            for name, scores in ways.items():
                strict(name, half, [score for pair, score in zip(found, scores, strict=True) if pair in half])
    if entailment is not None:
        await entailment.close()
    await embedder.close()


if __name__ == "__main__":
    options = parser("tests.evaluation.generate.contradictions", __doc__, "groundedness/nli-sv")
    options.add_argument("--url", default="", help="of a text-embeddings-inference server with an entailment model")
    options.add_argument("--labels", type=json.loads, default={}, help="what its labels mean, as JSON")
    if asked := given(options):
        asyncio.run(main(asked.folder, asked.url, asked.labels))
