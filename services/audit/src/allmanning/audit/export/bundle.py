"""The auditor's ZIP: everything an authority has in its log, to be checked without us.

checkpoint, vkey, leaves.jsonl      the newest log; a line is the exact bytes of a leaf
earlier/<half-year>/…               the same three files of earlier logs
proofs/<decision>.json              a receipt for each decision, to hand on alone
parts/<record>.json                 salt and content of each part (when content was asked for and is not erased)
pins/<hash>                         rule tables and prompts that records point to
manifest.json, manifest.note        SHA-256 of every other file, and the newest log's signature on that
README.txt
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Final, NamedTuple

from allmanning.audit.export.receipt import receipt_of
from allmanning.audit.export.zipped import zipped
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.reading import LogState, Placed, Reading
from allmanning.runtime.errors import NotFound
from allmanning.runtime.record import Json, canonical

KIND: Final = "allmanning.bundle/v1"
MANIFEST: Final = "manifest.json"
MANIFEST_NOTE: Final = "manifest.note"
NAMES: Final = re.compile(
    r"README\.txt|manifest\.(?:json|note)|(?:earlier/\d{4}h[12]/)?(?:checkpoint|vkey|leaves\.jsonl)"
    r"|(?:proofs|parts)/[A-Za-z0-9_.-]{1,64}\.json|pins/[0-9a-f]{64}"
)


class Bundle(NamedTuple):
    """A packed bundle and the number of records in it."""

    data: bytes
    records: int


def manifest_text(origin: str, manifest: bytes) -> str:
    """What is signed of a manifest. Its first line is no log's name, so it is no checkpoint."""
    return f"{KIND}\n{origin}\nsha256:{hashlib.sha256(manifest).hexdigest()}\n"


def pack(reading: Reading, keys: Keys, *, with_content: bool) -> Bundle:
    """Pack what the signed checkpoints cover.

    Raises:
        NotFound: `log.empty`, when nothing is signed yet.
    """
    logs = [log for log in reading.logs() if log.signed]
    if not logs:
        raise NotFound("log.empty", "Myndigheten har ännu inga poster i loggen.")
    newest = logs[-1]
    contents = dict(_files(reading, keys, logs, with_content=with_content))
    manifest = canonical(
        {
            "kind": KIND,
            "authority": reading.authority,
            "with_content": with_content,
            "logs": [{"origin": log.origin, "size": log.signed} for log in logs],
            "files": {name: f"sha256:{hashlib.sha256(data).hexdigest()}" for name, data in contents.items()},
        }
    )
    note = keys.of(newest.origin).sign(manifest_text(newest.origin, manifest))
    contents |= {MANIFEST: manifest, MANIFEST_NOTE: note.encode()}
    return Bundle(zipped(contents), sum(log.signed for log in logs))


def _files(reading: Reading, keys: Keys, logs: list[LogState], *, with_content: bool) -> Iterator[tuple[str, bytes]]:
    yield "README.txt", files("allmanning.audit.export").joinpath("bundle_readme.txt").read_bytes()
    decisions: dict[str, list[Placed]] = {}
    for log in logs:
        folder = "" if log is logs[-1] else f"earlier/{log.period}/"
        lines = []
        for index, leaf in enumerate(reading.leaves(log, log.signed)):
            lines.append(leaf.data + b"\n")
            decisions.setdefault(leaf.decision, []).append(Placed(log, index, leaf))
        yield f"{folder}checkpoint", log.note.encode()
        yield f"{folder}vkey", f"{keys.of(log.origin).verifier}\n".encode()
        yield f"{folder}leaves.jsonl", b"".join(lines)
    trees = {log.id: reading.tree(log) for log in logs}
    verifiers = {log.id: keys.of(log.origin).verifier for log in logs}
    for decision, records in decisions.items():
        yield f"proofs/{decision}.json", receipt_of(reading.authority, decision, records, trees, verifiers)
        if with_content:
            yield from _contents(reading, records)
    for pin in reading.pins():
        yield f"pins/{pin.hash.removeprefix('sha256:')}", pin.content


def _contents(reading: Reading, records: list[Placed]) -> Iterator[tuple[str, bytes]]:
    for placed in records:
        parts = reading.parts(placed.leaf)
        if parts:
            opened: Json = {
                name: {"salt": base64.b64encode(part.salt).decode(), "content": json.loads(part.content)}
                for name, part in parts.items()
            }
            yield f"parts/{placed.leaf.id}.json", canonical(opened)
