"""Print every figure beside its baseline. Machines are noisy: read the ratios and medians."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
from pathlib import Path

from tests.benchmark import first_token, footprint, ingestion, search
from tests.platform_node import ROOT, Platform


def questions() -> list[str]:
    lines = (ROOT / "infra/demo/questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


def row(name: str, figure: str, baseline: str = "", ratio: str = "") -> None:
    print(f"{name:<44} {figure:>16} {baseline:>24} {ratio:>10}")


def main() -> None:
    asked = questions()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        row("", "platform", "baseline", "ratio")
        first = Platform(data, demo=True).start()
        row("first start with the demo loaded, s", f"{first.ready['ready_s']}")
        first.stop()
        platform = Platform(data, demo=True).start()
        row("start, s", f"{platform.ready['ready_s']}", "target < 10")
        idle = footprint.settled_mebibytes(platform)
        row("idle memory of all processes (PSS), MiB", f"{idle:.0f}", "target < 1200")
        keys = platform.ready["keys"]
        assert isinstance(keys, dict)
        over_http = search.over_http(platform, keys["caseworker"], asked)
        rate = search.requests_per_second(platform, keys["caseworker"], asked, clients=8)
        documents = ingestion.documents_per_second(platform, keys["admin"])
        platform.stop()
        in_process = asyncio.run(search.in_process(data, asked))
        embedding = statistics.median(in_process.embedding_ms)
        direct = statistics.median(in_process.total_ms)
        row(
            "search p50, ms",
            f"{statistics.median(over_http):.1f}",
            f"{direct:.1f} in process",
            f"{statistics.median(over_http) / direct:.1f}x",
        )
        p95 = statistics.quantiles(over_http, n=20)[18]
        row("search p95 beyond the embedding, ms", f"{p95 - embedding:.1f}", "target < 50")
        row("searches/s, 8 clients", f"{rate:.0f}", f"{1000 / direct:.0f} in process", f"{rate * direct / 1000:.2f}x")
        row("ingest, documents/s", f"{documents:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        times = first_token.measure(Path(folder), asked[:10])
        added = statistics.median(times.platform_ms) - statistics.median(times.direct_ms)
        row(
            "time to first token, ms",
            f"{statistics.median(times.platform_ms):.1f}",
            f"{statistics.median(times.direct_ms):.1f} direct",
            f"+{added:.1f}",
        )


if __name__ == "__main__":
    sys.exit(main())
