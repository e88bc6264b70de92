"""From request to answer, about the logs themselves."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Final

from allmanning.audit.log.reading import LogState
from allmanning.audit.log.refusal import SigningRefused
from allmanning.audit.log.store import Store
from allmanning.audit.log.succession import KEY_COMPROMISED, KEY_ROTATION
from allmanning.audit.log.writer import Writer
from allmanning.audit.publication.publisher import Publisher
from allmanning.audit.publication.sealer import Sealer
from allmanning.audit.publication.source import witnessed_of
from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1.audit_pb import CheckpointRequest, CheckpointResponse
from allmanning.contracts.audit.v1.log_pb import (
    ListLogsRequest,
    ListLogsResponse,
    LogStatus,
    SealLogRequest,
    SealLogResponse,
    WitnessStanding,
)
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint
from allmanning.runtime.errors import Forbidden, InvalidInput, Unavailable
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Content

_MAX_TEXT_CHARS: Final = 2_000
_BY_HAND: Final = (KEY_ROTATION, KEY_COMPROMISED)


class LogHandlers:
    """Errors are those of what is called."""

    def __init__(self, store: Store, writer: Writer, publisher: Publisher, sealer: Sealer) -> None:
        self._store = store
        self._writer = writer
        self._publisher = publisher
        self._sealer = sealer

    def endpoints(self) -> list[Answering]:
        return [
            Endpoint(subjects.AUDIT_CHECKPOINT, CheckpointRequest, self.checkpoint),
            Endpoint(subjects.AUDIT_LIST_LOGS, ListLogsRequest, self.list_logs),
            Endpoint(subjects.AUDIT_SEAL_LOG, SealLogRequest, self.seal),
        ]

    async def checkpoint(self, request: CheckpointRequest) -> CheckpointResponse:
        """The newest checkpoint, and the newest that is witnessed.

        Raises:
            Unavailable: why the log is not signed now: `audit.log_behind_lock`, `audit.log_forked`,
                `audit.lock_behind_log`, `audit.key_missing`, `audit.records_missing`.
        """
        return await asyncio.to_thread(self._checkpoint, checked_authority(request.authority))

    def _checkpoint(self, authority: str) -> CheckpointResponse:
        with self._store.reading(authority) as reading:
            logs = reading.logs()
        for each in logs:
            if refusal := self._store.refusals.get(each.origin):
                raise Unavailable(refusal.code, refusal.message)
        self._writer.check()
        signed = [each for each in logs if each.signed]
        if not signed:
            return CheckpointResponse()
        newest = self._status(signed[-1])
        return CheckpointResponse(
            note=newest.note,
            vkey=newest.vkeys[0],
            size=newest.size,
            witnessed_note=newest.witnessed_note,
            witnessed_size=newest.witnessed_size,
            lag_s=newest.lag_s,
            witnesses_behind=[each.name for each in newest.witnesses if each.size != newest.size],
        )

    async def list_logs(self, request: ListLogsRequest) -> ListLogsResponse:
        """An authority's logs: how far each is signed and witnessed, and what holds it up."""
        authority = checked_authority(request.authority)
        return ListLogsResponse(logs=await asyncio.to_thread(self.statuses, authority))

    def statuses(self, authority: str) -> list[LogStatus]:
        """The same, to be called from a thread."""
        with self._store.reading(authority) as reading:
            logs = reading.logs()
        return [self._status(each) for each in logs]

    def _status(self, log: LogState) -> LogStatus:
        refusal = self._store.refusals.get(log.origin)
        status = LogStatus(
            origin=log.origin,
            period=log.period,
            size=log.signed,
            note=log.note,
            next_origin=log.next,
            refusal=refusal.code if refusal else "",
        )
        try:
            status.vkeys.extend(self._store.keys.vkeys(log.origin))
        except SigningRefused as error:
            status.refusal = error.code
        if self._publisher.witnesses is None:
            return status
        with self._store.database.snapshot() as connection:
            known = witnessed_of(connection, log.origin)
        status.has_policy = True
        status.witnessed_size, status.witnessed_note = known.size, known.note
        status.lag_s = self._publisher.lag_s(log, known)
        status.witnesses.extend(
            WitnessStanding(
                name=each.witness,
                size=each.size,
                problem=each.problem.value,
                since=_told(each.since) if each.since else "",
            )
            for each in self._publisher.witnesses.standings(log.origin)
        )
        return status

    async def seal(self, request: SealLogRequest) -> SealLogResponse:
        """End a log and begin the next with a new key.

        Raises:
            Forbidden: `log.forbidden`. InvalidInput: `log.reason`, `log.text`. NotFound: `log.not_open`.
            Unavailable: `audit.unavailable`, `log.seal_pending`.
        """
        principal = request.principal
        if principal is None or principal.role != Role.ADMIN:
            raise Forbidden("log.forbidden", "Bara en administratör får försegla en logg. (Only an administrator may.)")
        if request.reason not in _BY_HAND:
            raise InvalidInput(
                "log.reason", f"Ange en av orsakerna {', '.join(_BY_HAND)}. (Give one of these reasons.)"
            )
        if not request.text.strip() or len(request.text) > _MAX_TEXT_CHARS:
            raise InvalidInput(
                "log.text",
                f"Skriv varför loggen förseglas, med högst {_MAX_TEXT_CHARS} tecken. (Write why, within that many.)",
            )
        parts = {
            "reason": Content(request.text),
            "actor": Content({"key_id": principal.key_id, "role": principal.role.name.lower()}, retention="B"),
        }
        sealed = await self._sealer.seal(checked_authority(principal.authority), request.period, request.reason, parts)
        return SealLogResponse(origin=sealed.origin, next_origin=sealed.next_origin, next_vkeys=list(sealed.next_vkeys))


def _told(posix_s: float) -> str:
    return datetime.fromtimestamp(posix_s, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
