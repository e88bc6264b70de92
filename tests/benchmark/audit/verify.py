"""How fast a bundle is checked offline, and in how much memory: `python -m tests.benchmark.audit.verify [--records N]`.

Printed beside the physical limit: hashing the same leaves into a tree and doing nothing else.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

from allmanning.audit.log.frontier import Frontier, nodes_over
from allmanning.audit.verify.archive import Archive
from tests.benchmark.audit.made_bundle import PERIOD, make

TREE_TARGET = 200_000
TOTAL_TARGET_S = 60

_CHECK = """
import json, resource, sys, time
from pathlib import Path
from allmanning.audit.verify import verify_file
if __name__ == "__main__":
    started = time.perf_counter()
    report = verify_file(Path(sys.argv[1]))
    seconds = time.perf_counter() - started
    own = resource.getrusage(resource.RUSAGE_SELF)
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {
        "ok": report.ok, "records": report.records, "seconds": seconds, "own_kb": own.ru_maxrss,
        "child_kb": child.ru_maxrss, "cpu": own.ru_utime + own.ru_stime + child.ru_utime + child.ru_stime,
    }
    print(json.dumps(told))
"""


def hashing(path: Path) -> float:
    """Seconds of processor time to read all leaves and hash each, and nothing else."""
    archive = Archive(path)
    started = time.process_time()
    for name in archive.under(f"logs/{PERIOD}/leaves/"):
        for line in archive.read(name).splitlines():
            sha256(b"\0" + line).digest()
    return time.process_time() - started


def tree(path: Path) -> float:
    """Seconds of processor time to rebuild the root from the leaves."""
    archive = Archive(path)
    frontier = Frontier()
    started = time.process_time()
    for name in archive.under(f"logs/{PERIOD}/leaves/"):
        frontier.extend(
            nodes_over([sha256(b"\0" + line).digest() for line in archive.read(name).splitlines()], frontier.size)
        )
    frontier.root()
    return time.process_time() - started


def whole(path: Path, folder: Path) -> dict[str, float]:
    """Check everything, in a process of its own so that its memory can be told."""
    script = folder / "check.py"
    script.write_text(_CHECK)
    done = subprocess.run([sys.executable, str(script), str(path)], check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    count = parser.parse_args().records
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sizes = [max(count // 10, 1), count]
        for size in sizes:
            path = folder / f"{size}.zip"
            make(path, size)
            told = whole(path, folder)
            assert told["ok"], told
            assert told["records"] == size
            hashed, rebuilt = hashing(path), tree(path)
            seconds = told["seconds"]
            own, helper = told["own_kb"] / 1e3, told["child_kb"] / 1e3
            print(f"{size:,} records, {path.stat().st_size / 1e6:,.0f} MB")
            print(f"  hashing alone, one core {size / hashed:>12,.0f} leaves/s")
            print(f"  tree rebuilt, one core  {size / rebuilt:>12,.0f} leaves/s   target {TREE_TARGET:,}")
            print(f"  everything checked      {size / seconds:>12,.0f} records/s, {seconds:.1f} s of {TOTAL_TARGET_S}")
            print(f"  of which at work        {told['cpu']:>12.1f} s of processor time, all cores")
            print(f"  peak memory             {own:>12,.0f} MB, and {helper:,.0f} MB a helper process")


if __name__ == "__main__":
    main()
