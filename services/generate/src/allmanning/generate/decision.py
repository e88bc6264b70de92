"""The records of one decision, each durable before the step after it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from typing import Final

from opentelemetry import metrics

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1.audit_pb import Circumstances, GateInput, GateResponse
from allmanning.contracts.generate.v1.generate_pb import Citation, Outcome, Reason, Sentence
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchResponse
from allmanning.generate.draft import Draft
from allmanning.generate.ending import Ending, code_of
from allmanning.generate.gate_record import gate_of, input_of
from allmanning.generate.signals import Signals
from allmanning.runtime.errors import PlatformError, TooLarge
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import EVALUATION, Content, Json, Record, Recorder

_ENDS: Mapping[Outcome, tuple[str, str]] = {
    Outcome.ANSWERED: ("answer.released", "answered"),
    Outcome.ABSTAINED: ("answer.abstained", "abstained"),
    Outcome.REFUSED: ("answer.refused", "refused"),
    Outcome.HANDED_OVER: ("escalated", "handed_over"),
    Outcome.REVIEW: ("review.opened", "review"),
}
# A decision in somebody's case is preserved.
_KEPT: Final = "B"
_first_sentence: Final = metrics.get_meter("allmanning").create_histogram(
    "allmanning.answer.first_sentence",
    unit="s",
    description="Time from a question, its wait included, to its first verified sentence, on its way to the record",
)
# An asker that has left must not keep the work alive.
_LAST_WORD_S = 5.0


class Decision:
    """Words what happens to one question, and has it recorded in order.

    Raises:
        Unavailable: `audit.unavailable`; then nothing more may leave.
    """

    def __init__(self, recorder: Recorder, principal: Principal, *, evaluation: bool = False) -> None:
        self.evaluation = evaluation
        self.index_version = ""
        self.id = uuid7()
        self._recorder = recorder
        self._principal = principal
        self._received = False
        self._appeal_route = ""
        self.ended = False
        self._began = time.monotonic()
        self._spoke = False
        self.pins: Mapping[str, str] = {}
        self._held: list[Record] = []

    @property
    def authority(self) -> str:
        return self._principal.authority

    async def pinned(self, pins: Mapping[str, bytes]) -> None:
        """These texts, by kind, decide how the question is read and answered."""
        hashes = await asyncio.gather(
            *(self._recorder.pin(self.authority, kind, content) for kind, content in pins.items())
        )
        self.pins = dict(zip(pins, hashes, strict=True))

    def received(
        self,
        signals: Signals,
        conversation_id: str,
        given: GateInput,
        *,
        waited_ms: int = 0,
    ) -> Record:
        """The question came in, and had waited for its turn; `pinned` comes before."""
        self._received = True
        self._appeal_route = given.appeal_route
        shown: dict[str, Json] = {
            "individual_decision": signals.individual_decision,
            "wants_human": signals.wants_human,
            "acute": signals.acute,
            "manipulation": signals.manipulation,
            "personal_data": signals.personal_data,
        }
        role = self._principal.role.name.lower()
        matter = {"unit": self._principal.unit, "use_case": given.use_case, "appeal_route": given.appeal_route}
        return Record(
            "question.received",
            {
                # The rules saw the channel that it stands for; whoever counts must not take it for somebody's question.
                "channel": EVALUATION if self.evaluation else self._principal.channel,
                "role": role,
                "language": signals.language,
                "signals": shown,
                "heard": signals.heard,
                **({"in_doubt": [str(each) for each in sorted(signals.in_doubt)]} if signals.in_doubt else {}),
                "pins": dict(self.pins),
                "waited_ms": waited_ms,
                **{name: value for name, value in matter.items() if value},
            },
            {
                "question": Content(signals.question),
                "conversation": Content(conversation_id),
                "actor": Content(
                    {"key_id": self._principal.key_id, "role": role, "unit": self._principal.unit}, retention="B"
                ),
            },
        )

    def gated(self, given: GateInput, response: GateResponse) -> Record:
        """The rules were applied."""
        fields: dict[str, Json] = {"gate": gate_of(response), "stage": given.stage.name.lower()}
        if response.circumstances is not None and response.circumstances.ai_act:
            # Whether the use is high-risk sets how long all of the decision is kept at least (AI Act 26.6).
            fields["legal"] = {"ai_act": response.circumstances.ai_act}
        return Record("gate.evaluated", fields,
                           {"input": Content(input_of(given)), "reason": Content(response.reason)})  # fmt: skip

    def retrieved(self, query: str, found: SearchResponse, set_aside: Sequence[str] = ()) -> Record:
        """The search was made. `set_aside`: ids of passages not used because they read as instructions to a model."""
        passages: list[Json] = [
            {
                "passage": each.passage.id,
                "document": each.passage.document.id,
                "version": each.passage.document.version,
                "score": round(each.score, 4),
            }
            for each in found.passages
            if each.passage is not None and each.passage.document is not None
        ]
        self.index_version = found.index_version
        fields: dict[str, Json] = {
            "index_version": found.index_version,
            "passages": passages,
            "held_back": found.held_back,
        }
        if set_aside:
            fields["set_aside"] = list(set_aside)
        seen: list[Json] = [seen_of(each.passage) for each in found.passages if each.passage is not None]
        return Record("retrieval.done", fields, {"query": Content(query), "retrieved": Content(seen)})

    def drafted(self, draft: Draft, model: str) -> Record:
        """The answerer came up with this."""
        fields: dict[str, Json] = {
            "model": model,
            "sentences": len(draft.sentences),
            "dropped": len(draft.dropped),
            "figures": dict(draft.figures),
            "verdicts": [each.verdict.told() for each in draft.sentences if each.verdict is not None],
            "dropped_for": list(draft.reasons),
        }
        parts = {
            "draft": Content("\n".join(each.text for each in draft.sentences)),
            "dropped": Content(list(draft.dropped)),
        }
        if draft.exchange is not None:
            parts["exchange"] = Content(draft.exchange)
        return Record("draft.generated", fields, parts)

    def released(self, text: str, citations: Sequence[Citation], *, notice: str = "") -> Record:
        """A sentence may be said, on these grounds; `notice` names what of the notice file is said before it."""
        grounds: list[Json] = [
            {
                "number": each.number,
                "passage": each.passage.id,
                "document": each.passage.document.id,
                "version": each.passage.document.version,
                "support": round(each.support, 4),
            }
            for each in citations
            if each.passage is not None and each.passage.document is not None
        ]
        quotes: list[Json] = [each.quote for each in citations]
        after_s = time.monotonic() - self._began
        if not self._spoke:
            self._spoke = True
            _first_sentence.record(after_s)
        fields: dict[str, Json] = {"citations": grounds, "after_ms": round(after_s * 1000)}
        if notice:
            fields["notice"] = notice
        return Record("sentence.released", fields, {"text": Content(text), "quotes": Content(quotes)})

    def made(self, text: str, sentences: Sequence[Sentence], rule: GateResponse) -> Record:
        """The answer is a decision that the function has made by itself, under the delegation that the gate saw.

        Nobody decided it, presented it or took part (FL 31 §): the lists are there and empty. Each sentence is a fact,
        shown by the passage it cites. Which provisions were applied is not known here, and so not said (FL 32 §).
        """
        around = rule.circumstances or Circumstances()
        grounds = [(each.text.strip(), _evidence(each)) for each in sentences]
        nobody: list[Json] = []
        people = {name: Content(nobody, retention=_KEPT) for name in ("decided_by", "presented_by", "participated")}
        return Record(
            "decision.made",
            {
                "decided_on": around.day,
                "mode": "automated",
                "appeal_route": self._appeal_route,
                "delegation_ref": around.delegation,
                "function": {"code": self.pins.get("code", ""), "deployment": around.deployment},
                "facts": [{"evidence": evidence} for _, evidence in grounds],
            },
            {
                **people,
                "content": Content(text, retention=_KEPT),
                "facts": Content([{"text": said, "evidence": evidence} for said, evidence in grounds], retention=_KEPT),
            },
        )

    async def record(self, *records: Record) -> None:
        """Return when these are durable, in this order, after those that were kept."""
        held, self._held = self._held, []
        await self._recorder.record_all([*held, *records], authority=self.authority, decision_id=self.id)

    def keep(self, record: Record) -> None:
        """Have it recorded together with what comes next: nothing leaves by it. At the latest that is the end."""
        self._held.append(record)

    async def end(self, ending: Ending, *, rule: GateResponse | None, review: Mapping[str, Json] | None = None) -> None:
        """The decision is over.

        `review` holds what a caseworker needs to close the review, by part: question, draft, reason, grounds.
        """
        self.ended = True
        kind, name = _ENDS[ending.outcome]
        fields: dict[str, Json] = {"outcome": name}
        if ending.reason is not Reason.UNSPECIFIED:
            fields["reason"] = code_of(ending.reason)
        if ending.referral is not None:
            fields["referred_to"] = ending.referral.name
        if rule is not None:
            fields |= {"gate": gate_of(rule)}
        if ending.nearby:
            fields["nearby"] = [_named(each) for each in ending.nearby]
        if ending.cut:
            fields["cut"] = ending.cut.name.lower()
        if self.evaluation:
            # Nobody waits for it: whoever follows reviews must see that in the record that would open one.
            fields["channel"] = EVALUATION
        parts = {"told": Content(ending.text)} | {part: Content(value) for part, value in (review or {}).items()}
        try:
            await self.record(Record(kind, fields, parts))
        except TooLarge:
            # It is the record that was kept until now.
            self.ended = False
            raise

    async def broken_off(self, reason: str, told: str) -> None:
        """The work stopped before its end: the asker left, or something failed. Waits 5 s at most for the record."""
        if not self._received or self.ended:
            return
        self.ended = True
        outcome = Outcome.ANSWERED if told else Outcome.ABSTAINED
        kind, name = _ENDS[outcome]
        with contextlib.suppress(PlatformError, TimeoutError):
            async with asyncio.timeout(_LAST_WORD_S):
                await self.record(Record(kind, {"outcome": name, "broken_off": reason}, {"told": Content(told)}))


def _evidence(sentence: Sentence) -> str:
    """The passage that shows it best."""
    cited = [each for each in sentence.citations if each.passage is not None]
    best = max(cited, key=lambda each: each.support, default=None)
    return best.passage.id if best is not None and best.passage is not None else ""


def _named(passage: Passage) -> dict[str, Json]:
    document = passage.document or DocumentVersion()
    return {"passage": passage.id, "document": document.id, "version": document.version}


def seen_of(passage: Passage) -> Json:
    """A passage as it read then, and where it stood: sources change, and the record must not."""
    document, place = passage.document or DocumentVersion(), passage.location or Location()
    return {
        "passage": passage.id,
        "document": document.id,
        "version": document.version,
        "title": document.title,
        "uri": document.uri,
        "headings": list(place.headings),
        "page": place.page,
        "start": place.start,
        "end": place.end,
        "text": passage.text,
    }
