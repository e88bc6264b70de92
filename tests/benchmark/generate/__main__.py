"""Print how quick and how fair answering is, each figure beside its baseline and its reach.

Machines are noisy: the baseline is of the same run, and ratios and medians say most.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from pathlib import Path

from tests.benchmark.generate import cost, crowd, speed
from tests.benchmark.generate.bench import PLACES, Bench, bench
from tests.benchmark.generate.speed import p50, p95


def row(name: str, figure: str, baseline: str = "", result: str = "", reach: str = "") -> None:
    print(f"{name:<52} {figure:>14} {baseline:>20} {result:>12} {reach:>16}", flush=True)


def by_process(used_s: dict[str, float], digits: int) -> None:
    """Milliseconds, the most first."""
    most_first = sorted(used_s.items(), key=lambda each: -each[1])
    print("    " + ", ".join(f"{name} {1000 * each:.{digits}f}" for name, each in most_first))


def first_words(made: Bench, count: int) -> None:
    made.script(whole=True, tokens_per_s=0)
    pair = asyncio.run(speed.one_by_one(made, count, "först"))
    through, direct = [1000 * each.first_s for each in pair.platform], [1000 * each.first_s for each in pair.direct]
    for name, of, reach in (("p50", p50, 25), ("p95", p95, 60)):
        added = of(through) - of(direct)
        row(f"first words, {name}, ms", f"{of(through):.1f}", f"{of(direct):.1f} direct", f"+{added:.1f}", f"< {reach}")
    made.script(whole=False, tokens_per_s=speed.READING_PACE)
    pair = asyncio.run(speed.one_by_one(made, min(count, 20), "mening"))
    verified, said = [each.first_s for each in pair.platform], [each.first_sentence_s for each in pair.direct]
    row(
        "first verified sentence at 50 tokens/s, p50, ms",
        f"{1000 * p50(verified):.0f}",
        f"{1000 * p50(said):.0f} said, direct",
        f"+{1000 * (p50(verified) - p50(said)):.0f}",
    )


def streaming(made: Bench, streams: int) -> None:
    made.script(whole=False, tokens_per_s=speed.READING_PACE)
    before = cost.processor_s(made.platform)
    pair = asyncio.run(speed.at_once(made, streams, "ström"))
    tokens = sum(len(each.text) for each in pair.direct) / 4
    used = cost.since(before, cost.processor_s(made.platform), tokens)
    rates = []
    for heard in (pair.platform, pair.direct):
        # The platform's words end with the last sentence, the server's with the last piece of it.
        rates.append(p50([len(said.text) / 4 / each.last_s for each, said in zip(heard, pair.direct, strict=True)]))
    whole = sum(len(each.text) for each in pair.platform) / sum(len(each.text.strip()) for each in pair.direct)
    row(
        f"tokens/s of a stream, {streams} at once",
        f"{rates[0]:.1f}",
        f"{rates[1]:.1f} direct",
        f"{rates[0] / rates[1]:.3f}x",
        "> 0.97",
    )
    row("  of the words said, the platform let out", f"{whole:.0%}")
    row("  processor time of a token, whole answers, ms", f"{1000 * sum(used.values()):.2f}")
    by_process(used, 2)


def chats(made: Bench, count: int) -> None:
    made.script(whole=True, tokens_per_s=0)
    asyncio.run(speed.chats_per_s(made, clients_count=8, count=16, tag="varm"))
    before, own_before = cost.processor_s(made.platform), cost.own_s(made.model_pid)
    rate = asyncio.run(speed.chats_per_s(made, clients_count=8, count=count, tag="chatt"))
    used = cost.since(before, cost.processor_s(made.platform), count)
    own = cost.since(own_before, cost.own_s(made.model_pid), count)
    row("chats/s with retrieval, 8 clients", f"{rate:.1f}", "", "", "> 60")
    # What other work on the machine does not change: at most so many on all its processors, if they did nothing else.
    most = (os.cpu_count() or 1) / sum(used.values())
    row("  processor time of a chat, ms", f"{1000 * sum(used.values()):.1f}", "", "", f"at most {most:.0f}/s")
    by_process(used, 1)
    row("  beside it the benchmark's own, ms", f"{1000 * sum(own.values()):.1f}")
    by_process(own, 1)


def crowds(made: Bench, rounds: int, pace: float = speed.READING_PACE) -> None:
    made.script(whole=False, tokens_per_s=pace)
    found = asyncio.run(crowd.flooded(made, rounds))
    beside, alone = crowd.seconds(found.beside), crowd.seconds(found.alone)
    row(f"{crowd.STREAMS} streams: answered", f"{len(found.flood)}", f"{found.errors.total()} errors", "", "0 errors")
    row("  told to come back later", f"{found.turned_away}")
    for what, times in found.errors.most_common(3):
        print(f"    {times} times: {what}")
    row("  memory of all processes, MiB", f"{sum(found.most_mebibytes.values()):.0f}", "", "", "< 1024")
    by_process({name: each / 1000 for name, each in found.most_mebibytes.items()}, 0)
    row(
        "  light authority's answers beside them, p95, s",
        f"{p95(beside):.2f}",
        f"{p95(alone):.2f} alone",
        f"{p95(beside) / p95(alone):.2f}x",
        "< 1.3",
    )
    first, before = ([each.first_s for each in heard] for heard in (found.beside, found.alone))
    row(
        "  and its first words, p95, s",
        f"{p95(first):.2f}",
        f"{p95(before):.2f} alone",
        f"{p95(first) / p95(before):.2f}x",
    )
    row("  the heavy one's answers, p50, s", f"{p50(crowd.seconds(found.flood)):.2f}")


PARTS = {"first": first_words, "streaming": streaming, "chats": chats}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "parts", nargs="*", default=[*PARTS, "crowd"], help=f"of {', '.join(PARTS)}, crowd; default: all"
    )
    parser.add_argument("--questions", type=int, default=60, help="questions of the first two parts")
    parser.add_argument("--streams", type=int, default=8)
    parser.add_argument("--chats", type=int, default=240)
    parser.add_argument("--rounds", type=int, default=10, help="questions of each of the light authority's clients")
    parser.add_argument("--places", type=int, default=PLACES, help="answers that the model server words at once")
    parser.add_argument("--pace", type=float, default=speed.READING_PACE, help="tokens a second of the crowd's streams")
    parser.add_argument("--data", type=Path, help="keep the platform's data here, and find it again")
    asked = parser.parse_args()
    counts = {"first": asked.questions, "streaming": asked.streams, "chats": asked.chats}
    with tempfile.TemporaryDirectory() as folder, bench(asked.data or Path(folder), asked.places) as made:
        row("", "platform", "baseline", "", "reach")
        for part in asked.parts:
            if part == "crowd":
                crowds(made, asked.rounds, asked.pace)
            else:
                PARTS[part](made, counts[part])


if __name__ == "__main__":
    main()
