"""What kind a message is: fit the model of `allmanning.generate.kinds`, and print what it knows beside the phrases.

`python -m tests.evaluation.generate.kinds [--folds] [--all --write]`. The messages are ours, written without looking at
the phrases; `held-out*.jsonl` were read by nobody who changed phrases or model. Questions that real authorities were
asked (../shared/data, when it is there) tell how often an ordinary question is taken for something else: it learns from
every second of each set, and the others are counted. What is in doubt is answered where something answers it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allmanning.generate import kinds as product
from allmanning.generate.kinds import Kind, Kinds, believed
from allmanning.generate.signals import doubted, signals_of
from allmanning.index.embed.local import LocalEmbedder
from tests.conftest import SHARED_DATA

Array = NDArray[np.float64]
Message = tuple[str, Kind]

MESSAGES: Final = Path(__file__).parent / "messages"
ROOT: Final = Path(__file__).resolve().parents[3]
HELD_OUT: Final = "held-out*.jsonl"
EVERYDAY: Final = Path(__file__).parent / "everyday"
# Who asks in general is not turned away on a doubt. Chosen by `--folds`.
LEAST: Final = {Kind.CRISIS: 0.95, Kind.OWN: 0.93, Kind.HUMAN: 0.9, Kind.GENERAL: 1.0}
DOUBTFUL: Final = {Kind.CRISIS: 0.3, Kind.OWN: 0.8, Kind.HUMAN: 1.0, Kind.GENERAL: 1.0}
# Of the vectors: those of e5 lie close together, and are spread to about one.
SPREAD: Final = 20.0
RIDGE: Final = 1e-3
STEPS: Final = 600


def messages(path: Path) -> Iterator[Message]:
    """The messages of a file, one JSON object a line."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["text"], Kind(row["kind"])


def ordinary() -> Mapping[str, Sequence[str]]:
    """Questions that are none of the others, by set: the demo's that are not handed over, and those of real data."""
    demo = [
        row["question"]
        for path in sorted((ROOT / "infra" / "demo").glob("questions*.jsonl"))
        if path.stem != "questions-everyday"
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
        if row["expect"] != "handed_over"
    ]
    everyday = [
        json.loads(line)["question"]
        for path in sorted(EVERYDAY.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    found: dict[str, Sequence[str]] = {"demo": demo, "everyday": everyday}
    for path in sorted(SHARED_DATA.glob("retrieval/*/queries.jsonl")):
        rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        found[path.parent.name] = list(dict.fromkeys(row["text"] for row in rows))[:1000]
    return found


async def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """As the search has them, masked as there."""
    embedder = LocalEmbedder()
    await embedder.warm_up()
    asked = [signals_of(text).question for text in texts]
    rows = [await embedder.embed_queries(asked[start : start + 32]) for start in range(0, len(asked), 32)]
    await embedder.close()
    return np.concatenate(rows)


def fit(rows: NDArray[np.float32], told: Sequence[Kind]) -> Kinds:
    """Multinomial logistic regression by Adam, each kind as heavy as the others."""
    kinds = list(Kind)
    places = np.array([kinds.index(kind) for kind in told])
    middle = rows.mean(axis=0)
    design = np.c_[np.ones(len(rows)), (rows - middle) * SPREAD]
    weight = 1 / np.bincount(places, minlength=len(kinds))[places]
    weight /= weight.sum()
    wanted = np.eye(len(kinds))[places]
    found = np.zeros((design.shape[1], len(kinds)))
    first, second = np.zeros_like(found), np.zeros_like(found)
    for step in range(1, STEPS + 1):
        scores = design @ found
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        slope = design.T @ ((likely - wanted) * weight[:, None])
        slope[1:] += RIDGE * found[1:]
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        found -= 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    found[1:] *= SPREAD
    return Kinds(
        model="multilingual-e5-small",
        middle=[round(float(each), 5) for each in middle],
        weights={kind: [round(float(each), 3) for each in found[:, place]] for place, kind in enumerate(kinds)},
        least=LEAST,
        doubtful=DOUBTFUL,
    )


def known(text: str, row: NDArray[np.float32] | None, model: Kinds, *, doubts: bool = False) -> set[Kind]:
    """The kinds that the product believes the message to be, by words and, when there is a vector, by meaning."""
    signals = signals_of(text)
    if row is not None:
        signals = believed(signals, model.of(row[None, :])[0], model)
    if doubts:
        signals = doubted(signals)
    shown = {Kind.CRISIS: signals.acute, Kind.OWN: signals.individual_decision, Kind.HUMAN: signals.wants_human}
    return {kind for kind, on in shown.items() if on}


def right(kind: Kind, found: set[Kind]) -> bool:
    """Whether the message gets what it should: help in a crisis, a person for what only a person may do."""
    if kind is Kind.CRISIS:
        return kind in found
    return not found if kind is Kind.GENERAL else bool(found)


def folds(rows: NDArray[np.float32], learnt: Sequence[Message], count: int = 5) -> None:
    """How many are known at each threshold, of kinds and of general ones, when they were not learnt from."""
    told = np.array([kind.value for _, kind in learnt])
    fold = np.random.default_rng(1).integers(0, count, len(told))
    likely = np.zeros((len(told), len(Kind)))
    for number in range(count):
        rest = fold != number
        model = fit(rows[rest], [Kind(kind) for kind in told[rest]])
        likely[~rest] = [[each[kind] for kind in Kind] for each in model.of(rows[~rest])]
    for place, kind in enumerate(Kind):
        if kind is Kind.GENERAL:
            continue
        print(f"{kind} when not learnt from: threshold, known, of general ones taken for it")
        for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
            taken = likely[:, place] >= threshold
            print(f"  {threshold:.2f}{taken[told == kind].mean():>8.2f}{taken[told == Kind.GENERAL].mean():>8.3f}")


def counted(held_out: Sequence[Message], model: Kinds) -> None:
    """Of each kind, how many get what they should: by words, by meaning too, and with doubts that nothing answers."""
    heard = asyncio.run(vectors([text for text, _ in held_out]))
    for kind in Kind:
        chosen = [(text, row) for (text, told), row in zip(held_out, heard, strict=True) if told is kind]
        words = sum(right(kind, known(text, None, model)) for text, _ in chosen)
        meaning = sum(right(kind, known(text, row, model)) for text, row in chosen)
        doubts = sum(right(kind, known(text, row, model, doubts=True)) for text, row in chosen)
        print(f"  {kind:22}{words:>7}/{len(chosen)}{meaning:>9}/{len(chosen)}{doubts:>9}/{len(chosen)}")


def main() -> None:
    """Fit on the messages to learn from; print both ways on those that were held out, and false alarms."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="replace services/generate/…/kinds.json")
    parser.add_argument("--folds", action="store_true", help="also cross-validate what is learnt from")
    parser.add_argument("--all", action="store_true", help="learn from all ordinary questions, as what ships has")
    options = parser.parse_args()
    kept = sorted(MESSAGES.glob(HELD_OUT))
    learnt = [each for path in sorted(MESSAGES.glob("*.jsonl")) if path not in kept for each in messages(path)]
    asked = ordinary()
    every = 1 if options.all else 2
    learnt += [(text, Kind.GENERAL) for questions in asked.values() for text in questions[::every]]
    rows = asyncio.run(vectors([text for text, _ in learnt]))
    if options.folds:
        folds(rows, learnt)
    model = fit(rows, [kind for _, kind in learnt])
    print(f"learnt from {len(learnt)} messages")
    for path in kept:
        print(f"{path.stem:24}{'by words':>12}{'and meaning':>14}{'and doubts':>12}")
        counted(list(messages(path)), model)
    print("ordinary questions taken for something else: by words, by meaning too; in doubt")
    for name, questions in ((name, each[1::2]) for name, each in asked.items()):
        told = asyncio.run(vectors(questions))
        words = [bool(known(text, None, model)) for text in questions]
        meaning = [known(text, row, model) for text, row in zip(questions, told, strict=True)]
        doubts = [bool(known(text, row, model, doubts=True)) for text, row in zip(questions, told, strict=True)]
        danger = sum(Kind.CRISIS in each for each in meaning)
        print(f"  {name:22}{np.mean(words):>10.3f}{np.mean([bool(each) for each in meaning]):>12.3f}"
              f"{np.mean(doubts):>12.3f}   of {len(questions)}, {danger} as danger")  # fmt: skip
    if options.write:
        Path(str(product.__file__)).with_name("kinds.json").write_text(model.model_dump_json() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
