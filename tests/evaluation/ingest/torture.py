"""Files that break parsers, through the real service: each is read, or set aside for a true reason.

`make torture` prints a table by kind of file, and what should worry somebody. Exit code 1 when something should.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from allmanning.contracts.ingest.v1.ingest_pb import Document, State
from allmanning.runtime.errors import PlatformError
from tests.conftest import SHARED_DATA
from tests.evaluation.ingest.running_service import running_service
from tests.evaluation.ingest.second_opinion import Opinion, opinion
from tests.integration.ingest.running import Ingest

TORTURE = SHARED_DATA / "torture"
_AT_ONCE = 4
_LONGEST_S = 60.0
# Between the files, a document that must come through unharmed.
_CONTROL_EVERY = 25
_TAKEN_IN = frozenset({State.INDEXED, State.EXPANDED, State.HELD})
_MEBIBYTE = 1024


@dataclass(frozen=True)
class Fate:
    """What became of a file."""

    path: Path
    state: str
    code: str
    reason: str
    seconds: float
    opinion: Opinion


async def fate(ingest: Ingest, path: Path, number: int) -> Fate:
    """Hand a file in and wait."""
    started = time.monotonic()
    try:
        uri = f"{number}/{path.name}"
        submitted = await ingest.submit(path.name, path.read_bytes(), uri=uri, collection="tortyr")
        document = await ingest.done(submitted)
    except PlatformError as error:
        document = Document(state=State.REJECTED, code=error.code, reason=error.message)
    except TimeoutError:
        document = Document(state=State.RECEIVED, code="hangs")
    seconds = time.monotonic() - started
    true = Opinion.TRUE if document.state in _TAKEN_IN else opinion(path, document.code)
    return Fate(path, document.state.name, document.code, document.reason, seconds, true)


async def fates(ingest: Ingest, files: list[Path]) -> AsyncIterator[Fate]:
    """What became of each, in the order they settle; fails when a document between them is harmed."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(number: int, path: Path) -> Fate:
        async with slots:
            if number % _CONTROL_EVERY == 0:
                control = await ingest.ingest(f"kontroll-{number}.txt", f"Kontroll {number}: gatan plogas.".encode())
                assert control.state is State.INDEXED, "a document between the files was harmed"
            return await fate(ingest, path, number)

    for settled in asyncio.as_completed([one(number, path) for number, path in enumerate(files)]):
        yield await settled


def memory_mib() -> float:
    """Resident memory of this process, which the service runs in."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1024**2


async def torture(files: list[Path]) -> list[Fate]:
    found: list[Fate] = []
    with tempfile.TemporaryDirectory() as folder:
        async with running_service(Path(folder), parse_timeout_s=_LONGEST_S, parse_workers=2) as ingest:
            await ingest.ingest("forst.txt", b"Gatan plogas.")
            before = memory_mib()
            async for each in fates(ingest, files):
                found.append(each)
                if sys.stderr.isatty():
                    print(f"\r{len(found)} of {len(files)}", end="", file=sys.stderr)
            last = await ingest.ingest("sist.txt", b"Gatan sandas.")
            assert last.state is State.INDEXED
            print(f"memory of the service: {before:.0f} MiB before, {memory_mib():.0f} MiB after")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _MEBIBYTE
    print(f"largest parse process: {peak:.0f} MiB")
    return found


def show(found: list[Fate]) -> int:
    """Print the table; how many files are a worry."""
    by_kind: dict[str, list[Fate]] = defaultdict(list)
    for each in found:
        by_kind[each.path.suffix.lower() or "(none)"].append(each)
    print(f"{'kind':<8} {'files':>6} {'read':>6} {'set aside, true':>16} {'open':>6} {'false':>6} {'longest s':>10}")
    for kind, some in sorted(by_kind.items()):
        read = sum(each.state in {state.name for state in _TAKEN_IN} for each in some)
        counts = Counter(each.opinion for each in some)
        longest = max(each.seconds for each in some)
        print(
            f"{kind:<8} {len(some):>6} {read:>6} {counts[Opinion.TRUE] - read:>16} {counts[Opinion.OPEN]:>6} "
            f"{counts[Opinion.FALSE]:>6} {longest:>10.1f}"
        )
    print(
        "\nreasons: " + ", ".join(f"{code} {n}" for code, n in Counter(f.code for f in found if f.code).most_common())
    )
    worries = [
        each
        for each in found
        if each.opinion is not Opinion.TRUE or each.state in {"RECEIVED", "FAILED"} or each.seconds > _LONGEST_S
    ]
    for each in sorted(worries, key=lambda each: str(each.path)):
        name = each.path.relative_to(TORTURE)
        print(f"  {each.opinion:<6} {each.state} {each.code} {each.seconds:.1f} s  {name}: {each.reason}")
    good = len(found) - sum(each.opinion is Opinion.FALSE or each.state in {"RECEIVED", "FAILED"} for each in found)
    print(f"\n{good} of {len(found)} read or set aside for a reason that is not false ({good / len(found):.1%})")
    return len(found) - good


def main() -> int:
    if not TORTURE.is_dir():
        print("../shared/data/torture is not beside the checkout")
        return 0
    ours = {"README.md", "manifest.jsonl", "pypdf-baseline.json"}
    files = sorted(path for path in TORTURE.rglob("*") if path.is_file() and path.name not in ours)
    wanted = sys.argv[1:]
    files = [path for path in files if not wanted or any(word in str(path) for word in wanted)]
    return 1 if show(asyncio.run(torture(files))) else 0


if __name__ == "__main__":
    sys.exit(main())
