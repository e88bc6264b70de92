"""A receipt: the leaves of one decision, and the proof that they stand in a signed log.

    {"kind": "allmanning.receipt/v1", "authority", "decision",
     "logs": [{"vkey", "checkpoint", "records": [{"index", "leaf", "proof": [base64, …]}]}]}

`leaf` is the leaf's own text: its UTF-8 bytes are what the tree hashes. It holds no personal data, so a receipt can be
handed to anybody. A decision that passed midnight on New Year's Eve or 30 June has two logs, else one.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Final

from allmanning.audit.log.note import VerifierKey
from allmanning.audit.log.reading import LogState, Placed
from allmanning.audit.log.tree import Tree
from allmanning.runtime.record import Json, canonical

KIND: Final = "allmanning.receipt/v1"


def receipt_of(
    authority: str, decision: str, records: Sequence[Placed], trees: Mapping[int, Tree], keys: Mapping[int, VerifierKey]
) -> bytes:
    """Canonical JSON of a receipt over `records`, which must all be signed. Trees and keys go by the log's row id."""
    logs: dict[int, LogState] = {placed.log.id: placed.log for placed in records}
    return canonical(
        {
            "kind": KIND,
            "authority": authority,
            "decision": decision,
            "logs": [
                {
                    "vkey": str(keys[log.id]),
                    "checkpoint": log.note,
                    "records": [_record(each, trees[log.id]) for each in records if each.log.id == log.id],
                }
                for log in logs.values()
            ],
        }
    )


def _record(placed: Placed, tree: Tree) -> Json:
    proof = tree.inclusion(placed.index, placed.log.signed)
    return {
        "index": placed.index,
        "leaf": placed.leaf.data.decode(),
        "proof": [base64.b64encode(each).decode() for each in proof],
    }
