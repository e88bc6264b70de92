"""Pack an authority's log for an auditor, into the object store."""

from __future__ import annotations

import asyncio
import re
import tempfile
from typing import BinaryIO, Final

from allmanning.audit.export.bundle import Chosen, Packed, pack
from allmanning.audit.export.manifest import Scope
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.protocol import Records
from allmanning.contracts.audit.v1.audit_pb import ExportRequest, ExportResponse
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import checked_authority, uuid7
from allmanning.runtime.objects import Objects
from allmanning.runtime.record import Json, Recorder

MAX_DECISIONS: Final = 10_000
_DAY: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_TIME: Final = re.compile(_DAY.pattern + r"T\d{2}:\d{2}:\d{2}\.\d{3}Z")


def scope_of(start: str, end: str, decisions: tuple[str, ...] = ()) -> Scope:
    """What is asked for. A date stands for its first instant in UTC.

    Raises:
        InvalidInput: `export.scope`, for half a period, one that ends before it begins, or both kinds at once.
    """
    if len(decisions) > MAX_DECISIONS:
        raise InvalidInput("export.scope", f"Högst {MAX_DECISIONS} beslut åt gången.")
    if decisions and (start or end):
        raise InvalidInput("export.scope", "Ange antingen en period eller beslut, inte båda.")
    if decisions:
        return Scope("decisions", decisions=tuple(dict.fromkeys(decisions)))
    if not start and not end:
        return Scope()
    start, end = (f"{each}T00:00:00.000Z" if _DAY.fullmatch(each) else each for each in (start, end))
    if not _TIME.fullmatch(start) or not _TIME.fullmatch(end) or start >= end:
        raise InvalidInput(
            "export.scope",
            "Perioden ska ha en första dag och en senare slutdag, som 2026-01-01. Slutdagen räknas inte med.",
        )
    return Scope("period", start, end)


class Exports:
    """Packs one bundle at a time: a large log takes a core for a while."""

    def __init__(self, records: Records, keys: Keys, objects: Objects, recorder: Recorder, policy: bytes = b"") -> None:
        """`policy` says whose witnesses must have signed; it goes into every bundle."""
        self._records = records
        self._keys = keys
        self._objects = objects
        self._recorder = recorder
        self._policy = policy
        self._one = asyncio.Lock()

    async def export(self, request: ExportRequest) -> ExportResponse:
        """Pack, store and record that it was done; the record itself comes with the next bundle.

        Raises:
            InvalidInput: `export.scope`. NotFound: `log.empty`, `decision.not_found`.
            Unavailable: `objects.unavailable`, `audit.unavailable`.
        """
        authority = checked_authority(request.authority)
        scope = scope_of(request.start, request.end, tuple(request.decisions))
        chosen_parts = frozenset(request.parts) or None
        opened = chosen_parts if request.with_content else frozenset()
        export = uuid7()
        name = f"{authority}-{export}.zip"
        with tempfile.TemporaryFile() as file:
            async with self._one:
                packed = await asyncio.to_thread(self._pack, authority, Chosen(scope, opened, self._policy), file)
            file.seek(0)
            await self._objects.put(name, file)
        names: Json = "all" if opened is None else [*sorted(opened)]
        told: dict[str, Json] = {
            "records": packed.records,
            "with_content": request.with_content,
            "scope": scope.kind,
            "parts": names,
        }
        if scope.kind == "period":
            told |= {"from": scope.start, "to": scope.end}
        await self._recorder.record("export.made", authority=authority, decision_id=export, fields={"export": told})
        return ExportResponse(object=name, records=packed.records, size_bytes=packed.size_bytes)

    def _pack(self, authority: str, chosen: Chosen, sink: BinaryIO) -> Packed:
        with self._records.reading(authority) as log:
            return pack(log, self._keys, chosen, sink)
