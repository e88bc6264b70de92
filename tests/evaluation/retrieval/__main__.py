"""Print how well the product finds, beside its baselines, on every set that is there: `make evaluate`.

Figures are nDCG@10 / hit@1 / recall@10. Half an hour on two processors; `--sets swefaq
--identifiers 1000` takes three minutes.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from allmanning.node.evaluate.figures import RetrievalFigures
from allmanning.node.evaluate.judged import JudgedSet
from tests.conftest import SHARED_DATA
from tests.evaluation.retrieval.damage import damaged
from tests.evaluation.retrieval.identifiers import identifiers
from tests.evaluation.retrieval.languages import LANGUAGES, asked_in_languages
from tests.evaluation.retrieval.recorder import Recorder
from tests.evaluation.retrieval.sets import TARGETS, sets
from tests.evaluation.retrieval.systems import NAMES, systems
from tests.evaluation.retrieval.typos import mistyped

# Each has another kind of text: answers of a few sentences, and whole pages.
ALSO_DAMAGED = ("swefaq", "swequad-mc")

Figures = Mapping[str, RetrievalFigures]


def row(name: str, cells: Mapping[str, str], target: str = "") -> None:
    print(f"{name:<28}" + "".join(f"{cells[each]:>19}" for each in NAMES) + f"{target:>9}", flush=True)


def heading(title: str, target: str = "target") -> None:
    print()
    row(title, {name: name for name in NAMES}, target)


def whole(figures: Figures) -> dict[str, str]:
    return {
        name: f"{each.ndcg_10:.3f}/{each.hit_1:.3f}/{each.recall_10:.3f}".replace("0.", ".")
        for name, each in figures.items()
    }


def loss(clean: Figures, worse: Figures) -> dict[str, str]:
    return {
        name: f"{each.ndcg_10:.3f} ({each.ndcg_10 - clean[name].ndcg_10:+.3f})".replace("0.", ".")
        for name, each in worse.items()
    }


def share(figures: Figures) -> dict[str, str]:
    """Questions with the right entry among the first five."""
    return {name: f"{each.hit_5 * each.queries:.0f} of {each.queries}" for name, each in figures.items()}


def asked_in(language: str, judged: JudgedSet) -> JudgedSet:
    mine = {query: grades for query, grades in judged.grades.items() if query.startswith(language)}
    return replace(judged, grades=mine)


async def figures_of_set(judged: JudgedSet, embedder: Recorder) -> Figures:
    async with systems(judged, embedder) as opened:
        return await opened.figures(judged)


async def print_sets(folder: Path, names: Sequence[str], embedder: Recorder) -> None:
    harder: list[tuple[str, dict[str, str], str]] = []
    heading("nDCG@10/hit@1/recall@10")
    for named in sets(folder, names):
        async with systems(named.judged, embedder) as opened:
            clean = await opened.figures(named.judged)
            row(f"{named.name} ({len(named.judged.grades)})", whole(clean), f"{named.target:.2f}")
            if named.name in ALSO_DAMAGED:
                slips = await opened.figures(mistyped(named.judged))
                harder.append((f"{named.name}, a slip in each", loss(clean, slips), ""))
        if named.name in ALSO_DAMAGED:
            scanned = await figures_of_set(damaged(named.judged), embedder)
            harder.append((f"{named.name}, scanned", loss(clean, scanned), "-0.02"))
    if harder:
        heading("nDCG@10 (lost)")
    for name, cells, target in harder:
        row(name, cells, target)


async def print_identifiers(documents: int, embedder: Recorder) -> None:
    heading(f"of {documents:,} documents".replace(",", " "))
    row("right one in the top 5", share(await figures_of_set(identifiers(documents), embedder)), "60 of 60")


async def print_languages(embedder: Recorder) -> None:
    judged = asked_in_languages()
    heading("demo documents, top 5", "")
    async with systems(judged, embedder) as opened:
        for language in LANGUAGES:
            row(f"asked in {language}", share(await opened.figures(asked_in(language, judged))))


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.retrieval", description=__doc__)
    parser.add_argument("--folder", type=Path, default=SHARED_DATA / "retrieval", help="folder of the judged sets")
    parser.add_argument("--sets", nargs="*", choices=TARGETS, default=list(TARGETS), help="which of them")
    parser.add_argument("--identifiers", type=int, default=10_000, help="documents among which numbers are looked up")
    given = parser.parse_args()
    embedder = Recorder()
    await embedder.warm_up()
    try:
        if given.folder.is_dir():
            await print_sets(given.folder, given.sets, embedder)
        else:
            print(f"no judged sets: {given.folder} is not there")
        await print_languages(embedder)
        await print_identifiers(given.identifiers, embedder)
    finally:
        await embedder.close()


if __name__ == "__main__":
    asyncio.run(main())
