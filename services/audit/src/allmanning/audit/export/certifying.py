"""Make certificates of completeness on request."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select

from allmanning.audit.export.certificate import StreamState, certify
from allmanning.audit.export.certificate_page import certificate_page
from allmanning.audit.export.exports import scope_of
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.protocol import Records
from allmanning.audit.log.schema import progress, waiting
from allmanning.contracts.audit.v1.certificate_pb import CertifyRequest, CertifyResponse
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Endpoint
from allmanning.runtime.identity import checked_authority, uuid7
from allmanning.runtime.record import Recorder, digest, now


class Certifying:
    """Makes one certificate at a time: it checks every record of the period, as an auditor would."""

    def __init__(self, records: Records, keys: Keys, recorder: Recorder, policy: bytes = b"") -> None:
        """`policy` says whose witnesses must have signed; it goes into every certificate."""
        self._records = records
        self._keys = keys
        self._recorder = recorder
        self._policy = policy
        self._one = asyncio.Lock()

    def endpoints(self) -> list[Endpoint[CertifyRequest, CertifyResponse]]:
        return [Endpoint(subjects.AUDIT_CERTIFY, CertifyRequest, self.certify)]

    async def certify(self, request: CertifyRequest) -> CertifyResponse:
        """Make a certificate and record that it was made; the record itself is of a later period.

        Raises:
            InvalidInput: `export.scope`. NotFound: `log.empty`. Unavailable: `audit.unavailable`.
        """
        authority = checked_authority(request.authority)
        async with self._one:
            certificate = await asyncio.to_thread(self._certified, authority, request.start, request.end)
        await self._recorder.record(
            "export.made",
            authority=authority,
            decision_id=uuid7(),
            fields={"export": {"certificate": digest(certificate), "from": request.start, "to": request.end}},
        )
        return CertifyResponse(certificate=certificate, page=certificate_page(certificate).encode())

    def _certified(self, authority: str, start: str, end: str) -> bytes:
        scope = scope_of(start, end)
        with self._records.reading(authority) as reading:
            stream = StreamState(
                reading.connection.scalar(select(progress.c.sequence)) or 0,
                reading.connection.scalar(select(func.count()).select_from(waiting)) or 0,
            )
            return certify(reading, self._keys, scope, stream, now(), self._policy)
