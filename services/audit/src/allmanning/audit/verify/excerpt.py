"""Check a bundle of single decisions: each stands in its log by its receipt, and what is opened was committed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import VerifierKey
from allmanning.audit.verify.archive import Archive
from allmanning.audit.verify.chunk import ChunkChecker, Found
from allmanning.audit.verify.receipts import shown_by
from allmanning.audit.verify.whole import Whole

CHECK: Final = "inclusion"
# More than any decision has records, so that places of different decisions never meet.
_PLACES_OF_A_DECISION: Final = 1 << 24


def check_excerpt(
    checker: ChunkChecker,
    archive: Archive,
    decisions: Sequence[str],
    used: Mapping[str, tuple[Checkpoint, VerifierKey]],
    whole: Whole,
) -> None:
    """Check every receipt and its content. `used` are the bundle's logs by origin."""
    known: set[str] = set()
    for number, decision in enumerate(decisions):
        receipt, parts = f"proofs/{decision}.json", f"parts/{decision}.jsonl"
        known |= {receipt, parts}
        if receipt not in archive:
            whole.problems.add(CHECK, f"Beslutet {decision} saknar kvitto.")
            continue
        try:
            shown = shown_by(archive.read(receipt))
        except (ValueError, UnicodeEncodeError) as error:
            whole.problems.add(CHECK, f"Kvittot {receipt} håller inte: {error}.")
            continue
        same = all(used.get(origin) == log for origin, log in shown.logs.items())
        if not same or (shown.decision, shown.authority) != (decision, checker.authority):
            whole.problems.add(CHECK, f"Kvittot {receipt} stämmer inte med paketets loggar.")
            continue
        leaves = dict(enumerate(shown.leaves.values(), number * _PLACES_OF_A_DECISION))
        found = Found(count=len(leaves))
        checker.look(leaves, (parts,) if parts in archive else (), found)
        whole.take(found)
    for name in [*archive.under("proofs/"), *archive.under("parts/")]:
        if name not in known:
            whole.problems.add(CHECK, f"Filen {name} hör inte till något beslut i utdraget.")
