"""Write a bundle front to back, in memory that does not grow with the number of records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.resources import files
from typing import BinaryIO, Final

from allmanning.audit.export.layout import (
    CHUNK_LEAVES,
    MANIFEST,
    MANIFEST_NOTE,
    PAGE,
    PIECE_BYTES,
    POLICY,
    README,
    Opened,
    leaves_file,
    manifest_text,
    parts_file,
)
from allmanning.audit.export.manifest import LogRange, Manifest, Scope
from allmanning.audit.export.verify_page import page
from allmanning.audit.export.zipped import ZipWriter
from allmanning.audit.log.note import SigningKey, VerifierKey

_README: Final = "bundle_readme.txt"


class Packer:
    """One bundle. Call `log` and its `leaf`s for each log, or `decision`s; then `close`."""

    def __init__(self, sink: BinaryIO, authority: str, scope: Scope, opened: frozenset[str] | None) -> None:
        self._zip = ZipWriter(sink)
        self._authority = authority
        self._scope = scope
        self._opened = opened
        self._hashes: dict[str, str] = {}
        self._logs: list[LogRange] = []
        self.records = 0
        self.add(README, files("allmanning.audit.export").joinpath(_README).read_bytes())
        self.add(PAGE, page())

    def policy(self, text: bytes) -> None:
        self.add(POLICY, text)

    def pins(self, pins: Iterable[tuple[str, bytes]]) -> None:
        """Texts by their `sha256:<hex>`."""
        for name, content in pins:
            self.add(f"pins/{name.removeprefix('sha256:')}", content)

    def log(self, log: LogRange, note: str, key: VerifierKey, witnessed: str = "") -> LogWriter:
        """Begin a log; what it returns takes the leaves [start, end) in order, and must then be closed.

        `witnessed` is a cosigned checkpoint of the log, whose consistency with `note` the range holds.
        """
        self._logs.append(log)
        self.add(f"logs/{log.period}/checkpoint", note.encode())
        self.add(f"logs/{log.period}/vkey", f"{key}\n".encode())
        if witnessed:
            self.add(f"logs/{log.period}/witnessed", witnessed.encode())
        return LogWriter(self, log)

    def decision(self, decision: str, receipt: bytes, parts: Iterable[Opened]) -> None:
        """A decision by its receipt, and its opened content."""
        self.add(f"proofs/{decision}.json", receipt)
        if lines := b"".join(part.line() for part in parts):
            self.add(f"parts/{decision}.jsonl", lines)

    def close(self, key: SigningKey) -> int:
        """Write the manifest, signed with the newest log's key; returns the size of the ZIP in bytes."""
        manifest = Manifest(self._authority, self._scope, self._opened, tuple(self._logs), self._hashes).canonical()
        self._zip.add(MANIFEST, manifest)
        self._zip.add(MANIFEST_NOTE, key.sign(manifest_text(key.name, manifest)).encode())
        return self._zip.close()

    def add(self, name: str, data: bytes) -> None:
        """Add a file, to the manifest too."""
        self._zip.add(name, data)
        self._hashes[name] = f"sha256:{hashlib.sha256(data).hexdigest()}"


class LogWriter:
    """The leaves of one log, into files of 4,096."""

    def __init__(self, packer: Packer, log: LogRange) -> None:
        self._packer = packer
        self._log = log
        self._next = log.start
        self._leaves: list[bytes] = []
        self._parts: list[bytes] = []
        self._parts_bytes = 0
        self._piece = 0

    def leaf(self, data: bytes, parts: Iterable[Opened] = ()) -> None:
        """Append a leaf, with what is opened of it."""
        self._next += 1
        self._leaves += (data, b"\n")
        for part in parts:
            line = part.line()
            self._parts.append(line)
            self._parts_bytes += len(line)
        if self._parts_bytes > PIECE_BYTES:
            self._write_parts()
        if self._next % CHUNK_LEAVES == 0:
            self._write_chunk()

    def close(self) -> None:
        """Write what is left.

        Raises:
            ValueError: when there were fewer or more leaves than the log was begun with.
        """
        if self._leaves:
            self._write_chunk()
        if self._next != self._log.end:
            raise ValueError(f"{self._next - self._log.start} leaves came for {self._log.start}..{self._log.end}")
        self._packer.records += self._log.end - self._log.start

    @property
    def _chunk(self) -> int:
        """The number of the file that the last leaf belongs to."""
        return (self._next - 1) // CHUNK_LEAVES

    def _write_chunk(self) -> None:
        self._packer.add(leaves_file(self._log.period, self._chunk), b"".join(self._leaves))
        self._leaves.clear()
        if self._parts:
            self._write_parts()
        self._piece = 0

    def _write_parts(self) -> None:
        self._packer.add(parts_file(self._log.period, self._chunk, self._piece), b"".join(self._parts))
        self._parts.clear()
        self._parts_bytes = 0
        self._piece += 1
