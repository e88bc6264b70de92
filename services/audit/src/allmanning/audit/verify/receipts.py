"""Check a receipt: each leaf stands in its signed log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from allmanning.audit.export.receipt import KIND
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.json_form import object_with, text_in
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.note import BadNote, VerifierKey, from_base64
from allmanning.audit.log.succession import may_stand_in
from allmanning.audit.log.tree import leaf_hash, verify_inclusion
from allmanning.audit.verify.given import Given, check_key
from allmanning.audit.verify.report import Report, Unreadable
from allmanning.audit.verify.witnesses import check_witnesses
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json


@dataclass(frozen=True)
class Shown:
    """What a receipt shows when it holds."""

    authority: str
    decision: str
    # Checkpoint note and key by origin.
    logs: Mapping[str, tuple[Checkpoint, VerifierKey]]
    # Leaf by origin and index.
    leaves: Mapping[tuple[str, int], Leaf]
    notes: Mapping[str, str]


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list) or not value:
        raise ValueError("en lista saknas eller är tom")
    return value


def shown_by(data: bytes) -> Shown:
    """Check a receipt on its own.

    Raises:
        ValueError: says in Swedish what does not hold; `BadNote` when it is the signature.
    """
    try:
        value: Json = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError("kvittot är inte JSON") from error
    receipt = object_with(value, {"kind", "authority", "decision", "logs"})
    if receipt["kind"] != KIND:
        raise ValueError("kvittot är av okänd sort")
    authority, decision = text_in(receipt["authority"]), text_in(receipt["decision"])
    logs: dict[str, tuple[Checkpoint, VerifierKey]] = {}
    leaves: dict[tuple[str, int], Leaf] = {}
    notes: dict[str, str] = {}
    for each in _list(receipt["logs"]):
        log = object_with(each, {"vkey", "checkpoint", "records"})
        key = VerifierKey.parse(text_in(log["vkey"]))
        note = text_in(log["checkpoint"])
        checkpoint = Checkpoint.open(note, key)
        logs[checkpoint.origin], notes[checkpoint.origin] = (checkpoint, key), note
        for number, record in enumerate(_list(log["records"])):
            try:
                index, leaf = _included(record, checkpoint)
            except InvalidInput as error:
                raise ValueError(f"post {number}: {error.message}") from error
            if (leaf.authority, leaf.decision) != (authority, decision):
                raise ValueError(f"post {number} gäller ett annat beslut eller en annan myndighet")
            if not may_stand_in(leaf, checkpoint.origin):
                raise ValueError(f"post {number} hör till en annan logg")
            if (checkpoint.origin, index) in leaves:
                raise ValueError(f"post {number} finns två gånger")
            leaves[checkpoint.origin, index] = leaf
    return Shown(authority, decision, logs, leaves, notes)


def _included(value: Json, checkpoint: Checkpoint) -> tuple[int, Leaf]:
    record = object_with(value, {"index", "leaf", "proof"})
    index, proof = record["index"], record["proof"]
    if not isinstance(index, int) or isinstance(index, bool) or not isinstance(proof, list):
        raise ValueError("en post har fel form")  # noqa: TRY004 -- all of a receipt's faults are one kind
    data = text_in(record["leaf"]).encode()
    hashes = [from_base64(text_in(each)) for each in proof]
    if not verify_inclusion(leaf_hash(data), index, checkpoint.size, hashes, checkpoint.root):
        raise ValueError(f"post {index} finns inte i den undertecknade loggen")
    return index, Leaf.parse(data)


def check_receipt(report: Report, data: bytes, given: Given) -> None:
    """Check a receipt file. A kept checkpoint can be compared at equal size only.

    Raises:
        Unreadable: when the receipt does not hold.
    """
    report.kind = "receipt"
    try:
        shown = shown_by(data)
    except BadNote as error:
        raise Unreadable("checkpoint", "checkpoint.invalid", f"Kontrollpunkten håller inte: {error}.") from error
    except (ValueError, UnicodeEncodeError) as error:
        raise Unreadable("receipt", "receipt.invalid", f"Kvittot håller inte: {error}.") from error
    report.authority, report.records, report.decisions = shown.authority, len(shown.leaves), 1
    for checkpoint, key in shown.logs.values():
        report.passed("checkpoint", f"{checkpoint.origin} med {checkpoint.size} poster är undertecknad av {key}.")
    check_key(report, given.key, [key for _, key in shown.logs.values()])
    if given.policy:
        check_witnesses(report, [(shown.notes[origin], key) for origin, (_, key) in shown.logs.items()], given.policy)
    report.passed(
        "inclusion",
        f"{len(shown.leaves)} poster om beslutet {shown.decision} finns i loggen. Kvittot visar inte att fler saknas.",
    )
    if given.checkpoint:
        _compare(report, shown, given)


def _compare(report: Report, shown: Shown, given: Given) -> None:
    name, code = "earlier_checkpoint", "checkpoint.inconsistent"
    if given.origin not in shown.logs:
        report.failed(name, code, "Din sparade kontrollpunkt gäller en annan logg.")
        return
    checkpoint, key = shown.logs[given.origin]
    try:
        kept = Checkpoint.open(given.checkpoint, key)
    except BadNote as error:
        report.failed(name, code, f"Din sparade kontrollpunkt håller inte: {error}.")
        return
    if (kept.size, kept.root) == (checkpoint.size, checkpoint.root):
        report.passed(name, "Kvittots logg är densamma som i din sparade kontrollpunkt.")
    elif kept.size == checkpoint.size:
        report.failed(name, code, "Loggen är inte densamma som i din sparade kontrollpunkt.")
    else:
        told = "Ett kvitto kan inte jämföras med en kontrollpunkt av annan storlek; be om ett paket."
        report.unchecked(name, "checkpoint.incomparable", told)
