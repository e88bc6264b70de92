"""Print how many planted errors the sentence checks flag, and how many harmless changes.

python -m tests.evaluation.generate.planted [--show KIND]

Flagged: the sentence would not leave by itself; dropped: not even a caseworker would see it. The baseline has no checks
but the words (containment). Without an entailment model whoever rewords freely is held, right or wrong.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from allmanning.generate.support.containment import containment
from allmanning.generate.support.verdict import LEAST_SUPPORT, STRICT, Verdict, verdict
from allmanning.index.sentences import sentences
from tests.evaluation.generate.planting import errors, harmless
from tests.evaluation.judged_data import parser

PAGES: Final = 200
BY_HAND: Final = Path(__file__).with_name("planted-by-hand.jsonl")
ERRORS: Final = (0.90, 0.97)
HARMLESS: Final = (0.05, 0.03)
TARGETS: Final = {
    "errors by another hand": ERRORS, "reworded freely": HARMLESS, "errors": ERRORS, "harmless": HARMLESS
}  # fmt: skip


def pages(folder: Path) -> list[str]:
    """The texts of a set's passages, first ones first."""
    return [json.loads(line)["text"] for line in (folder / "corpus.jsonl").read_text().splitlines()]


def planted(texts: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """ "errors" or "harmless", kind, the changed sentence, its page."""
    chance = random.Random(6)
    for number, page in enumerate(texts):
        other = texts[(number + 1) % len(texts)]
        for start, end in sentences(page):
            sentence = " ".join(page[start:end].split())
            if not (40 <= len(sentence) <= 220 and sentence.endswith(".")):
                continue
            for kind, made in errors(sentence, page, other, chance):
                yield "errors", kind, made, page
            for kind, made in harmless(sentence):
                yield "harmless", kind, made.strip(), page


def carried(sentence: str, page: str) -> tuple[Verdict, float]:
    """The best verdict of any sentence of the page, and the best containment."""
    spans = sentences(page)
    shares = [containment(sentence, page[start:end]) for start, end in spans]
    likely = sorted(range(len(spans)), key=lambda place: -shares[place])[:4]
    return max((verdict(sentence, page[slice(*spans[place])]) for place in likely), key=lambda v: v.support), max(
        shares
    )


def by_hand() -> Iterator[tuple[str, str, str, str]]:
    """The same of sentences of the demo's documents, reworded freely by somebody who had not seen the checks."""
    for row in map(json.loads, BY_HAND.read_text(encoding="utf-8").splitlines()):
        group = "reworded freely" if row["kind"] == "harmless" else "errors by another hand"
        yield group, row["kind"], row["written"], row["source"]


def main(data: Path | None, shown: str) -> None:
    flagged: dict[tuple[str, str], list[tuple[bool, bool, bool]]] = defaultdict(list)
    sets = [planted(pages(data / name)[:PAGES]) for name in ("swequad-mc", "swefaq")] if data else []
    for group, kind, sentence, page in chain(by_hand(), *sets):
        found, words = carried(sentence, page)
        row = (found.support < STRICT, found.support < LEAST_SUPPORT, words < STRICT)
        flagged[group, kind].append(row)
        if shown == kind and row[0] == (TARGETS[group] == HARMLESS):
            print(found.told(), sentence, "|", page[:200])
    for group, targets in TARGETS.items():
        rows = {kind: each for (of, kind), each in flagged.items() if of == group}
        print(f"\n{group:22} {'n':>6} {'flagged':>8} {'dropped':>8} {'words only':>11}   reach, beyond: {targets}")
        for kind, each in [*rows.items(), ("all", [row for of in rows.values() for row in of])]:
            if each:
                shares = [sum(row[place] for row in each) / len(each) for place in range(3)]
                print(f"{kind:22} {len(each):6} {shares[0]:8.3f} {shares[1]:8.3f} {shares[2]:11.3f}")


if __name__ == "__main__":
    options = parser("tests.evaluation.generate.planted", __doc__, "retrieval")
    options.add_argument("--show", default="", metavar="KIND", help="print the mistakes of this kind")
    asked = options.parse_args()
    main(asked.folder if asked.folder.is_dir() else None, asked.show)
