"""Print how many contradictions would be released, and how many entailed sentences, by the least support asked for.

python -m tests.evaluation.generate.contradictions ../shared/data/groundedness/nli-sv

"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from allmanning.generate.support.containment import containment
from allmanning.generate.support.verdict import STRICT, verdict

LABELS: Final = ("entailment", "neutral", "contradiction")
LEAST: Final = (0.5, 0.6, 0.7, STRICT, 0.8, 0.9)
TARGET: Final = 0.03
Pair = tuple[str, str, str]


def pairs(file: Path) -> list[Pair]:
    """Premise, hypothesis, label."""
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    return [(row["premise"], row["hypothesis"], row["label"]) for row in rows]


def curve(name: str, found: Sequence[Pair], scores: Sequence[float]) -> None:
    """One line a threshold: the share of each label that is released."""
    for least in LEAST:
        shares = {
            label: np.mean([score >= least for score, pair in zip(scores, found, strict=True) if pair[2] == label])
            for label in LABELS
        }
        strict = f"  reach: contradictions under {TARGET}" if least == STRICT else ""
        print(f"  {name:10} >= {least:.2f}  " + "  ".join(f"{label} {shares[label]:.3f}" for label in LABELS) + strict)


def rules(found: Sequence[Pair]) -> Mapping[str, list[float]]:
    """The baseline, words alone, and the checks without any model."""
    return {
        "words only": [containment(said, premise) for premise, said, _ in found],
        "checks": [verdict(said, premise).support for premise, said, _ in found],
    }


def main(folder: Path) -> None:
    for file in sorted(folder.glob("*.jsonl")):
        found = pairs(file)
        print(f"{file.stem}, {len(found)} pairs: share released")
        for name, scores in rules(found).items():
            curve(name, found, scores)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
