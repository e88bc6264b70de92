"""Pack what an authority has in its log, or a period or some decisions of it, to be checked without us."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple

from allmanning.audit.export.layout import Opened
from allmanning.audit.export.manifest import LogRange, Scope
from allmanning.audit.export.packer import LogWriter, Packer
from allmanning.audit.export.receipt import receipt_of
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.origin import period_of
from allmanning.audit.log.reading import LogState, Placed, Reading
from allmanning.audit.publication.source import witnessed_of
from allmanning.runtime.errors import NotFound


class Chosen(NamedTuple):
    """What a bundle holds, and which of its parts are opened, by name; None means every part.

    `policy` says whose witnesses must have signed; empty when there are none.
    """

    scope: Scope = Scope()
    opened: frozenset[str] | None = None
    policy: bytes = b""


class Packed(NamedTuple):
    """How many records were packed, and the size of the ZIP in bytes."""

    records: int
    size_bytes: int


def pack(reading: Reading, keys: Keys, chosen: Chosen, sink: BinaryIO) -> Packed:
    """Write a bundle of what the signed checkpoints cover.

    Raises:
        NotFound: `log.empty`, when nothing is signed yet or nothing is in the period; `decision.not_found`.
    """
    logs = [log for log in reading.logs() if log.signed]
    if not logs:
        raise NotFound("log.empty", "Myndigheten har ännu inga poster i loggen.")
    packer = Packer(sink, reading.authority, chosen.scope, chosen.opened)
    if chosen.policy:
        packer.policy(chosen.policy)
    if chosen.scope.kind == "decisions":
        newest = _pack_decisions(reading, keys, chosen, packer)
    else:
        newest = _pack_ranges(reading, keys, chosen, packer, logs)
    return Packed(packer.records, packer.close(keys.of(newest.origin)))


def _pack_ranges(reading: Reading, keys: Keys, chosen: Chosen, packer: Packer, logs: list[LogState]) -> LogState:
    ranges = [(log, *range_of(reading, log, chosen.scope)) for log in logs]
    ranges = [(log, start, end) for log, start, end in ranges if start < end]
    if not ranges:
        raise NotFound("log.empty", "Det finns inga poster i den perioden.")
    packer.pins((pin.hash, pin.content) for pin in reading.pins())
    for log, start, end in ranges:
        writer = _begun(reading, keys, packer, log, start, end)
        for leaf in islice(reading.leaves(log, end), start, None):
            writer.leaf(leaf.data, _opened(reading, leaf, chosen))
        writer.close()
    return ranges[-1][0]


def _begun(reading: Reading, keys: Keys, packer: Packer, log: LogState, start: int, end: int) -> LogWriter:
    """A log of the bundle, with what ties its leaves [start, end) and its witnesses to the checkpoint."""
    tree = reading.tree(log)
    witnessed = witnessed_of(reading.connection, log.origin)
    told = LogRange(
        log.origin,
        log.period,
        start,
        end,
        tuple(tree.frontier(start)),
        tuple(tree.consistency(end, log.signed)),
        tuple(tree.consistency(witnessed.size, log.signed)) if witnessed.note else (),
    )
    return packer.log(told, log.note, keys.of(log.origin).verifier, witnessed.note)


def range_of(reading: Reading, log: LogState, scope: Scope) -> tuple[int, int]:
    """The smallest range of a log's signed leaves that holds every record of the scope; empty when it holds none."""
    if scope.kind != "period":
        return 0, log.signed
    if not _overlaps(log, scope):
        return 0, 0
    inside = [
        index
        for index, leaf in enumerate(reading.leaves(log, log.signed))
        if scope.start <= leaf.time < scope.end
    ]  # fmt: skip
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def _overlaps(log: LogState, scope: Scope) -> bool:
    """A log may hold records of half-years before its own, but none of those after."""
    return period_of(scope.start) <= log.period


def _pack_decisions(reading: Reading, keys: Keys, chosen: Chosen, packer: Packer) -> LogState:
    found: dict[str, list[Placed]] = {}
    for decision in chosen.scope.decisions:
        found[decision] = [each for each in reading.records(decision) if each.signed]
        if not found[decision]:
            raise NotFound("decision.not_found", f"Det finns inget beslut med numret {decision}.")
    records = [placed for several in found.values() for placed in several]
    logs = sorted({placed.log for placed in records}, key=lambda log: log.period)
    named = {leaf_pin for placed in records for leaf_pin in _pins(placed.leaf)}
    packer.pins((pin.hash, pin.content) for pin in reading.pins() if pin.hash in named)
    trees = {log.id: reading.tree(log) for log in logs}
    verifiers = {log.id: keys.of(log.origin).verifier for log in logs}
    for log in logs:
        _begun(reading, keys, packer, log, 0, 0).close()
    for decision, several in found.items():
        parts = [part for placed in several for part in _opened(reading, placed.leaf, chosen)]
        packer.decision(decision, receipt_of(reading.authority, decision, several, trees, verifiers), parts)
        packer.records += len(several)
    return logs[-1]


def _pins(leaf: Leaf) -> Iterator[str]:
    """Every text that a leaf points to."""
    waiting = [leaf.fields]
    while waiting:
        value = waiting.pop()
        for each in value.values():
            if isinstance(each, dict):
                waiting.append(each)
            elif isinstance(each, str) and each.startswith("sha256:"):
                yield each


def _opened(reading: Reading, leaf: Leaf, chosen: Chosen) -> list[Opened]:
    if chosen.opened is not None and chosen.opened.isdisjoint(leaf.parts):
        return []
    return [
        Opened(leaf.id, name, part.salt, part.content)
        for name, part in sorted(reading.parts(leaf).items())
        if chosen.opened is None or name in chosen.opened
    ]
