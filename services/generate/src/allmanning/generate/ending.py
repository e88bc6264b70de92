"""How a decision ends: its outcome, why, and what the asker is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from allmanning.contracts.audit.v1.audit_pb import GateResponse, Stage, Verdict
from allmanning.contracts.generate.v1.generate_pb import Citation, Cut, Outcome, Reason, Referral
from allmanning.contracts.passage.v1.passage_pb import Passage, ScoredPassage
from allmanning.generate.elsewhere import Elsewhere
from allmanning.generate.foreword import IF_DANGER
from allmanning.generate.nearby import nearby, unrelated
from allmanning.generate.notices import NO_SUPPORT, notice, told, told_in
from allmanning.generate.signals import Signals
from allmanning.index.language import detect

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
MISSING: Final = frozenset({Reason.NOT_IN_SOURCES, Reason.OUT_OF_SCOPE})
"""Nothing was found that answers."""
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
    nearby: Sequence[Passage] = ()
    """Where what is asked may stand; shown beside the text and no part of it."""

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


def without_answer(signals: Signals, passages: Sequence[ScoredPassage], other: Elsewhere | None) -> Ending:
    """Nothing sure was found: because another authority answers for it, it is about nothing here, or it is missing."""
    if other is not None:
        text, referral = other.told(signals.language), other.referral
        return Ending(Outcome.ABSTAINED, Reason.WRONG_AUTHORITY, text, referral=referral)
    if unrelated(passages, signals.language):
        return Ending(Outcome.ABSTAINED, Reason.OUT_OF_SCOPE, notice("out_of_scope", signals.language))
    text = notice(NO_SUPPORT, signals.language)
    return Ending(Outcome.ABSTAINED, Reason.NOT_IN_SOURCES, text, nearby=nearby(passages, signals.language))


def conflicting(told: str, released: str, citations: Sequence[Citation], language: str) -> Ending:
    """Two sources say different things: both, after what was said before and between words that explain it."""
    both = released[len(told) :].strip()
    parts = (told, notice("conflicting_sources", language), both, notice("conflicting_sources_end", language))
    text = "\n".join(part for part in parts if part)
    return Ending(Outcome.ABSTAINED, Reason.CONFLICTING_SOURCES, text, citations)


def nothing_asked(signals: Signals) -> Ending:
    """The message has personal data and nothing else."""
    return Ending(Outcome.ABSTAINED, Reason.PERSONAL_DATA, notice("personal_data_only", signals.language))


def reminded(ending: Ending, signals: Signals) -> Ending:
    """The same, with a word to whoever wrote personal data in a question that was taken up, or may need other help."""
    if ending.outcome not in (Outcome.ANSWERED, Outcome.ABSTAINED) or ending.cut is not Cut.UNSPECIFIED:
        return ending
    reason, words = ending.reason, []
    if "acute" in signals.in_doubt and ending.outcome is Outcome.ABSTAINED:
        words.append(notice(IF_DANGER, signals.language))
    if "individual_decision" in signals.in_doubt and ending.outcome is Outcome.ANSWERED:
        words.append(notice("in_general", signals.language))
    if signals.personal_data and reason is not Reason.PERSONAL_DATA:
        words.append(notice("personal_data", signals.language))
        reason = Reason.PERSONAL_DATA if reason is Reason.UNSPECIFIED else reason
    return replace(ending, reason=reason, text="\n".join([ending.text, *words]))


def emergency(signals: Signals) -> str:
    """The numbers to call, for the kind of danger that the message is about."""
    return notice(f"emergency_{signals.crisis}" if signals.crisis else "emergency", signals.language)


def spoken_in(ending: Ending, rule: GateResponse | None, language: str) -> str:
    """ISO 639-1 of what is told to a question in `language`; empty when that is nothing."""
    if not ending.text:
        return ""
    own_words = ending.citations or (rule is not None and (rule.notice_sv or rule.notice_en))
    # Notices are short, and languages are told apart by their small words.
    return detect(ending.text) if own_words else told_in(language)


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
    if reason is Reason.CRISIS and not (rule.notice_sv or rule.notice_en):
        return emergency(signals)
    return told(rule, signals.language)
