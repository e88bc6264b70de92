"""Let sentences out, each only after the rules have allowed it and the record says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1.audit_pb import GateInput, GateResponse, Verdict
from allmanning.contracts.generate.v1.generate_pb import Citation, Matter, Sentence
from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate.citations import Citations, said
from allmanning.generate.decision import Decision
from allmanning.generate.draft import Draft, DraftSentence
from allmanning.generate.foreword import Foreword, foreword, warned
from allmanning.generate.gate import Gate
from allmanning.generate.support.verdict import LEAST_SUPPORT, VERBATIM
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.record import Record


class Release:
    """What has been said of one answer, and what the rules said about it."""

    def __init__(
        self,
        gate: Gate,
        decision: Decision,
        principal: Principal,
        passages: Sequence[ScoredPassage],
        *,
        language: str,
        matter: Matter,
        model: str,
        model_approved: bool,
        stop: Sequence[str] = (),
        warns: bool = False,
    ) -> None:
        """`stop`: texts that may not be in what is said; it ends before the first sentence that would bring one in.

        `warns`: where help is, is said before all.
        """
        self._gate = gate
        self._decision = decision
        self._principal = principal
        self._language = language
        self._matter = matter
        self._model = model
        self._model_approved = model_approved
        self.citations = Citations(passages)
        self.text = ""
        self.draft: list[DraftSentence] = []
        self.rule: GateResponse | None = None
        self._evaluated: GateInput | None = None
        self._after_block = False
        self._stop = tuple(stop)
        self._warns = warns
        self._cited = 0
        self.said: list[Sentence] = []
        self.foreword: Foreword | None = None
        self.at_stop = False

    @property
    def cited(self) -> list[Citation]:
        """What the sentences that have been said cite."""
        return [each for each in self.citations.all if each.number <= self._cited]

    @property
    def decides(self) -> bool:
        """What has been said is itself a decision, and the rules let the machine make it."""
        given = self._evaluated
        return given is not None and given.is_decision and self.rule is not None and self.rule.verdict == Verdict.AUTO

    @property
    def held(self) -> bool:
        """The rules want a person to look before anything is said."""
        return self.rule is not None and self.rule.verdict == Verdict.REVIEW

    @property
    def stopped(self) -> bool:
        """Nothing more may be said, or is worth reading."""
        return self.at_stop or (
            self.rule is not None
            and (self.rule.verdict in (Verdict.REFUSE, Verdict.HAND_OVER) or (self.held and bool(self.text)))
        )

    async def take(self, draft: Draft) -> list[Sentence]:
        """The sentences of `draft` that may leave now, recorded.

        Raises:
            Unavailable: `audit.unavailable`.
        """
        if draft.model:
            self._model, self._model_approved = draft.model, draft.model_approved
        kept = self._kept(draft)
        supported = kept.sentences
        self.draft += supported
        drafted = self._decision.drafted(kept, self._model)
        if not supported:
            self._decision.keep(drafted)
            return []
        given = self._input()
        if given == self._evaluated:
            if self.held:
                await self._decision.record(drafted)
                return []
            return await self._say(supported, drafted)
        try:
            rule = await self._gate.evaluate(self._decision.authority, self._decision.id, given)
        except PlatformError:
            await self._decision.record(drafted)
            raise
        self.rule, self._evaluated = rule, given
        gated = self._decision.gated(given, rule)
        if rule.verdict != Verdict.AUTO:
            await self._decision.record(drafted, gated)
            return []
        return await self._say(supported, drafted, gated)

    def _kept(self, draft: Draft) -> Draft:
        """The draft with each sentence's verdict, and without those that nothing carries."""
        judged = [replace(each, verdict=self.citations.verdict_of(each)) for each in draft.sentences]
        supported = [each for each in judged if self.citations.support_of(each) >= LEAST_SUPPORT]
        refused = [each for each in judged if each not in supported]
        return replace(
            draft,
            sentences=supported,
            dropped=[*draft.dropped, *(each.text for each in refused)],
            reasons=[*draft.reasons, *(each.verdict.told() for each in refused if each.verdict is not None)],
        )

    def _input(self) -> GateInput:
        supports = [self.citations.support_of(each) for each in self.draft]
        return self._gate.release_input(
            self._principal,
            self._language,
            self._matter,
            weakest_support=min(supports),
            highest_secrecy=self.citations.highest_secrecy(self.draft),
            retrieved_secrecy=self.citations.retrieved_secrecy(),
            verbatim=min(supports) == VERBATIM,
            model_approved=self._model_approved,
        )

    async def _say(self, sentences: Sequence[DraftSentence], *earlier: Record) -> list[Sentence]:
        """What leaves: each sentence is on record, and so is what comes before it, in one go to the disk."""
        leaving: list[tuple[Sentence, str]] = []
        for each in sentences:
            cited = self.citations.cite(each)
            begun = None if self.text else self._foreword(each, cited)
            before = begun.text if begun else ""
            first, after_block = not self.text and begun is None, self._after_block or begun is not None
            text = said(each, cited, first=first, after_block=after_block)
            if any(stop in self.text + before + text for stop in self._stop):
                self.at_stop = True
                break
            self.foreword = self.foreword or begun
            self.text += before + text
            self._cited = max([self._cited, *(citation.number for citation in cited)])
            self._after_block = each.block
            quoted_in = self.foreword.quoted_in if self.foreword else ""
            leaving.append((Sentence(text=text, citations=cited, language=quoted_in), begun.notice if begun else ""))
        told = [self._decision.released(each.text.strip(), each.citations, notice=name) for each, name in leaving]
        await self._decision.record(*earlier, *told)
        now = [each for each, _ in leaving]
        begins = now and not self.said
        self.said += now
        if begins and self.foreword:
            return [Sentence(text=self.foreword.text, language=self._language), *now]
        return now

    def _foreword(self, sentence: DraftSentence, cited: Sequence[Citation]) -> Foreword | None:
        """Before the first sentence: a warning, and why it is in another language when it is a document's own words."""
        quoted = cited and self.citations.support_of(sentence) == VERBATIM
        begun = foreword(cited[-1].quote, cited[-1].passage, self._language) if quoted else None
        return warned(begun, self._language) if self._warns else begun
