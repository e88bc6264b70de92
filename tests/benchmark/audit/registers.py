"""What registers cost: for each record taken into the log, and for a system card of a large log.

`python -m tests.benchmark.audit.registers [DECISIONS]`
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from allmanning.audit.log import projection
from allmanning.audit.log.store import Store
from allmanning.audit.registers.card import Named, card_of
from tests.unit.audit.producer import AUTHORITY, Producer, put
from tests.unit.audit.story import tell

BATCH = 500


def taken(store: Store, producer: Producer, decisions: int) -> float:
    """Seconds that the log takes for so many decisions of seven records, without making them."""
    spent = 0.0
    while decisions > 0:
        producer.leaves.clear()
        producer.parts.clear()
        before = producer.number
        for _ in range(min(decisions, BATCH // 7)):
            tell(producer)
        decisions -= BATCH // 7
        began = time.perf_counter()
        put(store, producer.leaves, before + len(producer.leaves))
        spent += time.perf_counter() - began
    return spent


def measured(folder: Path, decisions: int) -> tuple[Store, float]:
    store = Store(folder)
    store.open()
    return store, taken(store, Producer(), decisions) / (decisions * 7) * 1e6


def main() -> None:
    decisions = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        every = projection.PROJECTIONS
        few = min(decisions, 3_000)
        projection.PROJECTIONS = tuple(each for each in every if each.name != "registers")  # type: ignore[misc]
        store, without = measured(Path(folder) / "without", few)
        store.close()
        projection.PROJECTIONS = every  # type: ignore[misc]
        store, own = measured(Path(folder) / "with", few)
        store.close()
        print(f"a record taken in: {own:.0f} us, without registers {without:.0f} us")
        store, _ = measured(Path(folder) / "large", decisions)
        with store.reading(AUTHORITY) as log:
            began = time.perf_counter()
            use = card_of(log, "2026-11-30T00:00:00.000Z", Named()).value["use"]
            spent = time.perf_counter() - began
        assert isinstance(use, dict)
        print(f"system card of {use['decisions']} decisions: {spent * 1000:.0f} ms (target: under 2,000)")
        store.close()


if __name__ == "__main__":
    main()
