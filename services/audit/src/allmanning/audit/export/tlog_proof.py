"""The proofs of a receipt in the form that any transparency log's tools read (C2SP tlog-proof)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

HEADER: Final = "c2sp.org/tlog-proof@v1"


class TlogProof(NamedTuple):
    """A record's proof; `place` is its index in the log. What it proves, `leaf`, is not in it."""

    place: int
    leaf: bytes
    text: str


def tlog_proofs(receipt: bytes) -> Iterator[TlogProof]:
    """One for each record of a receipt that holds."""
    for log in json.loads(receipt)["logs"]:
        for record in log["records"]:
            hashes = "".join(f"{each}\n" for each in record["proof"])
            text = f"{HEADER}\nindex {record['index']}\n{hashes}\n{log['checkpoint']}"
            yield TlogProof(record["index"], record["leaf"].encode(), text)
