"""From what happens on the bus to what is to be told: durable consumers, and a watch on reviews that are due."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Final

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1.audit_pb import DecisionRecorded, ListReviewsRequest, ListReviewsResponse
from allmanning.contracts.ingest.v1.ingest_pb import DocumentRejected
from allmanning.gateway.webhooks.events import of_document, of_record
from allmanning.gateway.webhooks.hook import Happened
from allmanning.gateway.webhooks.hooks import Hooks
from allmanning.gateway.webhooks.outbox import Outbox
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.consumer import BatchConsumer, Delivered
from allmanning.runtime.dispatch import leaves_of
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import now

log = logging.getLogger(__name__)

_DUE_EVERY_S: Final = 60.0
_MOST_DUE: Final = 200


class Intake:
    """Keeps events in the outbox; an event is acknowledged only when it is there."""

    def __init__(self, bus: Bus, hooks: Hooks, outbox: Outbox, wake: asyncio.Event) -> None:
        self._bus = bus
        self._hooks = hooks
        self._outbox = outbox
        self._wake = wake

    async def documents(self) -> None:
        """Follow what becomes of documents, until cancelled."""
        await BatchConsumer("webhook-documents", DocumentRejected, self._documents).run(self._bus)

    async def reviews(self) -> None:
        """Follow the log for reviews that are opened and closed, until cancelled."""
        # Most of the log is of no concern here, and nobody waits for what is: rarely, and much at a time.
        await BatchConsumer("webhook-reviews", DecisionRecorded, self._records, busy_wait_s=2.0).run(self._bus)

    async def due(self) -> None:
        """Tell once of each review that is past its time, until cancelled."""
        while True:
            await self.look_for_due()
            await asyncio.sleep(_DUE_EVERY_S)

    async def look_for_due(self) -> None:
        """Tell of those that are past their time now and were not told of before."""
        for authority in await asyncio.to_thread(self._hooks.wanting, "review.due"):
            try:
                await self._keep(await self._overdue(authority))
            except PlatformError as error:
                log.warning("reviews that are due: %s", error.code)

    async def _documents(self, delivered: Sequence[Delivered[DocumentRejected]]) -> None:
        found = [of_document(each.event, each.subject, each.sequence) for each in delivered]
        await self._keep([each for each in found if each])

    async def _records(self, delivered: Sequence[Delivered[DecisionRecorded]]) -> None:
        records = (record for each in delivered for record in leaves_of(each.event))
        await self._keep([found for each in records if (found := of_record(each))])

    async def _overdue(self, authority: str) -> list[Happened]:
        # An administrator sees every unit's reviews. Overdue ones come first.
        principal = Principal(authority=authority, role=Role.ADMIN, channel="internal")
        request = ListReviewsRequest(authority=authority, limit=_MOST_DUE, principal=principal)
        found = await self._bus.call(subjects.AUDIT_LIST_REVIEWS, request, ListReviewsResponse)
        return [
            Happened(
                f"due-{each.decision_id}",
                authority,
                "review.due",
                now(),
                {"decision_id": each.decision_id, "due_at": each.due_at},
            )
            for each in found.reviews
            if each.overdue
        ]

    async def _keep(self, events: Sequence[Happened]) -> None:
        if events:
            await asyncio.to_thread(self._outbox.put, events, time.time())
            self._wake.set()
