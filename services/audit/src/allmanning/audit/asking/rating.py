"""Whether an answer helped, and why it did not."""

from __future__ import annotations

from typing import Final

from allmanning.audit.asking.own_decision import records_of, who_asked
from allmanning.audit.asking.projection import RATED
from allmanning.audit.log.ledger import Ledger
from allmanning.contracts.audit.v1.asker_pb import RateAnswerRequest
from allmanning.runtime.errors import Conflict, InvalidInput
from allmanning.runtime.record import Content, Recorder

REASONS: Final = ("", "missing", "wrong", "outdated", "unclear", "other")
MAX_COMMENT_CHARS: Final = 2_000
# Yes or no, a reason, and a change of mind or two.
MOST_RATINGS: Final = 5


class Ratings:
    """Records ratings; the newest one of a decision counts."""

    def __init__(self, ledger: Ledger, recorder: Recorder) -> None:
        self._ledger = ledger
        self._recorder = recorder

    async def rate(self, request: RateAnswerRequest) -> str:
        """Record a rating; returns the record's id.

        Raises:
            Forbidden: `asker.missing`. NotFound: `decision.not_found`.
            InvalidInput: `rating.invalid`. Conflict: `rating.enough`.
        """
        principal = who_asked(request.principal)
        if request.reason not in REASONS or len(request.comment) > MAX_COMMENT_CHARS:
            raise InvalidInput(
                "rating.invalid",
                f"Välj ett av skälen och skriv högst {MAX_COMMENT_CHARS} tecken. "
                f"(Choose one of the reasons and write at most {MAX_COMMENT_CHARS} characters.)",
            )
        records = await records_of(self._ledger, principal.authority, [request.decision_id])
        if sum(each.leaf.kind() == RATED for each in records) >= MOST_RATINGS:
            raise Conflict("rating.enough", "Vi har redan vad du tycker om svaret. (We have your view already.)")
        comment = request.comment.strip()
        return await self._recorder.record(
            RATED,
            authority=principal.authority,
            decision_id=request.decision_id,
            fields={"rating": {"helped": request.helped, "reason": request.reason}},
            parts={"comment": Content(comment)} if comment else {},
        )
