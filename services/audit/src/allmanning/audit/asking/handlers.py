"""What the audit service does for whoever asked."""

from __future__ import annotations

from allmanning.audit.asking.contact import Contacts
from allmanning.audit.asking.erasing import Erasing
from allmanning.audit.asking.rating import Ratings
from allmanning.contracts.audit.v1 import asker_pb as proto
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint


class AskerHandlers:
    """One method for each request; errors are those of what it calls."""

    def __init__(self, ratings: Ratings, contacts: Contacts, erasing: Erasing) -> None:
        self._ratings = ratings
        self._contacts = contacts
        self._erasing = erasing

    def endpoints(self) -> list[Answering]:
        return [
            Endpoint(subjects.AUDIT_RATE_ANSWER, proto.RateAnswerRequest, self.rate),
            Endpoint(subjects.AUDIT_REQUEST_CONTACT, proto.RequestContactRequest, self.contact),
            Endpoint(subjects.AUDIT_ASK_ERASURE, proto.AskErasureRequest, self.erase, concurrency=2),
        ]

    async def rate(self, request: proto.RateAnswerRequest) -> proto.RateAnswerResponse:
        return proto.RateAnswerResponse(record_id=await self._ratings.rate(request))

    async def contact(self, request: proto.RequestContactRequest) -> proto.RequestContactResponse:
        return proto.RequestContactResponse(contact_id=await self._contacts.request(request))

    async def erase(self, request: proto.AskErasureRequest) -> proto.AskErasureResponse:
        return await self._erasing.ask(request)
