"""The review queue: answers that the rules hold back until a person has looked."""

from __future__ import annotations

import asyncio

from sqlalchemy import or_

from allmanning.audit.log.protocol import Records
from allmanning.audit.log.reading import MAX_PAGE, Reading
from allmanning.audit.review.activity import Activity
from allmanning.audit.review.case import OPEN, Case, File, cases, for_whom
from allmanning.audit.review.deadline import is_past
from allmanning.audit.review.desk import Terms
from allmanning.audit.review.draft import documents, sentences
from allmanning.audit.review.schema import reviews
from allmanning.audit.review.work import work_of
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1.audit_pb import ListReviewsRequest, ListReviewsResponse, Review
from allmanning.runtime.identity import checked_authority


class Reviews:
    """Lists reviews."""

    def __init__(self, records: Records, terms: Terms, activity: Activity) -> None:
        self._records = records
        self._terms = terms
        self._activity = activity

    async def queue(self, request: ListReviewsRequest) -> ListReviewsResponse:
        """Reviews with question and draft where they are not erased: the overdue first, then the oldest.

        With a principal: only what that person's unit and competences fit; an administrator sees every queue. One that
        is asked for by its decision comes with each sentence's grounds. Nobody's queue has what they have sent
        themselves; `sent` lists that.
        """
        checked_authority(request.authority)
        return await asyncio.to_thread(self._queue, request)

    def _queue(self, request: ListReviewsRequest) -> ListReviewsResponse:
        limit = min(request.limit or 50, MAX_PAGE)
        principal = request.principal
        with self._records.reading(request.authority) as log:
            theirs = [] if principal is None or principal.role is Role.ADMIN else [for_whom(principal)]
            waiting = [
                each for each in cases(log, reviews.c.state == OPEN, *theirs) if not _is_sent_by(log, each, principal)
            ]
            if request.sent:
                listed = _sent(log, principal, limit)
            elif request.decision_id:
                about = or_(reviews.c.decision == request.decision_id, reviews.c.contests == request.decision_id)
                listed = cases(log, about, *theirs, limit=limit) or [
                    each for each in cases(log, about, reviews.c.own, limit=limit) if _is_sent_by(log, each, principal)
                ]
            elif request.state in ("", OPEN):
                listed = sorted(waiting, key=lambda each: each.due(self._terms.deadline_hours))[:limit]
            else:
                where = [] if request.state == "all" else [reviews.c.state == request.state]
                listed = cases(log, *where, *theirs, limit=limit)
            files = [File.read(log, each) for each in listed]
            hours = self._terms.deadline_hours
            shown = [each.review(principal, hours) for each in files]
            if request.decision_id:
                for review, file in zip(shown, files, strict=True):
                    self._fill(review, file)
            return ListReviewsResponse(
                reviews=shown,
                waiting=len(waiting),
                overdue=sum(is_past(each.due(hours)) for each in waiting),
                claimed=sum(each.held for each in waiting),
            )

    def _fill(self, review: Review, file: File) -> None:
        """What only whoever looks at one review needs."""
        review.sentences = sentences(file)
        review.documents = documents(file)
        if review.mine:
            review.work = work_of(file, self._activity)


def _is_sent_by(log: Reading, case: Case, principal: Principal | None) -> bool:
    return case.own and principal is not None and File.read(log, case).sender == principal.key_id != ""


def _sent(log: Reading, principal: Principal | None, limit: int) -> list[Case]:
    """What a person has sent, newest first. Who sent a draft is sealed: each one is opened to see."""
    found: list[Case] = []
    for each in reversed(cases(log, reviews.c.own)):
        if _is_sent_by(log, each, principal):
            found.append(each)
            if len(found) == limit:
                break
    return found
