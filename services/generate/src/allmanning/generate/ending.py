"""How a decision ends: its outcome, why, and what the asker is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.contracts.audit.v1.audit_pb import GateResponse, Stage, Verdict
from allmanning.contracts.generate.v1.generate_pb import Citation, Cut, Outcome, Reason, Referral
from allmanning.generate.notices import notice, told
from allmanning.generate.signals import Signals

_OUTCOMES: Final[Mapping[Verdict, Outcome]] = {
    Verdict.HAND_OVER: Outcome.HANDED_OVER,
    Verdict.REFUSE: Outcome.REFUSED,
    Verdict.REVIEW: Outcome.REVIEW,
}
# What a row of the decision table tells the asker (its column besked) says why. Two mean different things before and
# after the search.
_BY_NOTICE: Final[Mapping[str, Reason]] = {
    "emergency": Reason.CRISIS,
    "wants_human": Reason.WANTS_HUMAN,
    "no_support": Reason.NOT_IN_SOURCES,
    "review": Reason.NEEDS_REVIEW,
}

_TO_PEOPLE: Final = frozenset({Outcome.ABSTAINED, Outcome.HANDED_OVER, Outcome.REVIEW, Outcome.REFUSED})
# In danger, or at the wrong authority, other numbers come first.
_ELSEWHERE: Final = frozenset({Reason.CRISIS, Reason.WRONG_AUTHORITY, Reason.NO_ROOM})


@dataclass(frozen=True)
class Ending:
    """`text` is all that the asker is told, the sentences already released included."""

    outcome: Outcome
    reason: Reason
    text: str
    citations: Sequence[Citation] = ()
    referral: Referral | None = None
    cut: Cut = Cut.UNSPECIFIED

    @property
    def names_a_person(self) -> bool:
        """Whether the asker is told to turn to the authority's own people."""
        return self.outcome in _TO_PEOPLE and self.reason not in _ELSEWHERE and bool(self.text)


def code_of(reason: Reason) -> str:
    """The reason as records and the API write it, such as `not_in_sources`; empty for an ordinary answer."""
    return "" if reason is Reason.UNSPECIFIED else reason.name.lower()


def by_rule(rule: GateResponse, signals: Signals, stage: Stage) -> Ending:
    """The rules ended the matter, before the search or after the draft."""
    reason = _reason(rule, signals, stage)
    return Ending(_OUTCOMES.get(rule.verdict, Outcome.REVIEW), reason, _words(rule, signals, reason))


def _reason(rule: GateResponse, signals: Signals, stage: Stage) -> Reason:
    known = _BY_NOTICE.get(rule.notice)
    if known is not None:
        return known
    if stage is Stage.RELEASE:
        return Reason.SECRECY if rule.verdict is Verdict.REFUSE else _last(rule)
    if rule.verdict is Verdict.REFUSE and signals.manipulation:
        return Reason.MANIPULATION
    if rule.verdict is Verdict.HAND_OVER and signals.individual_decision:
        return Reason.INDIVIDUAL_CASE
    return _last(rule)


def _last(rule: GateResponse) -> Reason:
    # An outcome that this version does not know ends in review.
    return Reason.RULE if rule.verdict in (Verdict.REFUSE, Verdict.HAND_OVER) else Reason.NEEDS_REVIEW


def _words(rule: GateResponse, signals: Signals, reason: Reason) -> str:
    if signals.wants_human and reason is Reason.INDIVIDUAL_CASE and not (rule.notice_sv or rule.notice_en):
        return notice("wants_human", signals.language)
    return told(rule, signals.language)
