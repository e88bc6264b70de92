"""Answer a question: signals, rules, search, draft, rules again, and a record before every word."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import replace

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1.audit_pb import GateResponse, Stage, Verdict
from allmanning.contracts.generate.v1.generate_pb import (
    AnswerRequest,
    AnswerResponse,
    Cut,
    Finished,
    Matter,
    Outcome,
    Reason,
    Wording,
)
from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate import responses
from allmanning.generate.admission.door import Door, Visit
from allmanning.generate.authorities import Authorities
from allmanning.generate.authority import Authority
from allmanning.generate.contact import reached
from allmanning.generate.conversation import Asking, Memory, Said, asking
from allmanning.generate.decision import Decision
from allmanning.generate.draft import Answerer, Draft, Task
from allmanning.generate.ending import Ending, by_rule
from allmanning.generate.gate import Gate
from allmanning.generate.masking import masked
from allmanning.generate.notices import NO_SUPPORT, notice
from allmanning.generate.release import Release
from allmanning.generate.search import Search
from allmanning.generate.signals import Signals, signals_of
from allmanning.generate.style import Style, asks_for_easy_read
from allmanning.generate.untrusted import sort_out
from allmanning.index.language import detect
from allmanning.runtime.errors import InvalidInput, PlatformError
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Recorder

log = logging.getLogger(__name__)


class Answers:
    """The endpoint generate.v1.answer."""

    def __init__(
        self,
        *,
        door: Door,
        gate: Gate,
        search: Search,
        recorder: Recorder,
        authorities: Authorities,
        answerer: Answerer,
        pins: Mapping[str, bytes],
        model_approved: bool,
        max_question_chars: int,
        memory: Memory = Memory(),  # noqa: B008 (frozen)
    ) -> None:
        self._door = door
        self._gate = gate
        self._search = search
        self._recorder = recorder
        self._authorities = authorities
        self._answerer = answerer
        self._pins = pins
        self._model_approved = model_approved
        self._max_question_chars = max_question_chars
        self._memory = memory

    async def answer(self, request: AnswerRequest) -> AsyncIterator[AnswerResponse]:
        """Queued while its turn has not come, Opened, the released sentences, Finished.

        Raises:
            InvalidInput: `messages.invalid`, `question.empty`, `question.too_long`, `principal.missing`,
                `authority.invalid`.
            Busy: `budget.used_up`, `queue.full`, `queue.too_long`; nothing was begun.
            Unavailable: `audit.unavailable`; nothing leaves after it. `retrieve.unavailable`, `budget.unavailable`.
            Busy, Unavailable, TimedOut: what the model server answered, see `draft.Answerer`.
        """
        if request.principal is None:
            raise InvalidInput("principal.missing", "Det framgår inte vem som frågar.")
        checked_authority(request.principal.authority)
        asked = asking(request.messages, self._max_question_chars, self._memory)
        decision = Decision(self._recorder, request.principal)
        course = _Course(request, request.principal, asked, signals_of(asked.question), decision)
        try:
            # Whoever is in danger is told at once where help is; that takes no model.
            if not course.signals.acute:
                async for response in self._turn(course):
                    yield response
            async with contextlib.aclosing(self._run(course)) as responded:
                async for response in responded:
                    yield response
        except PlatformError as error:
            await decision.broken_off(error.code, course.told)
            raise
        except (asyncio.CancelledError, GeneratorExit):
            await decision.broken_off("cancelled", course.told)
            raise
        finally:
            if course.visit is not None:
                await course.visit.leave(course.tokens)

    async def _run(self, course: _Course) -> AsyncGenerator[AnswerResponse, None]:
        decision, signals = course.decision, course.signals
        given = self._gate.request_input(course.principal, signals, course.matter)
        authority = self._authorities.of(decision.authority)
        pins = {**self._pins, "authority": authority.pinned}
        _, rule = await asyncio.gather(
            decision.received(signals, course.request.conversation_id, given, pins, waited_ms=course.waited_ms),
            self._gate.evaluate(decision.authority, decision.id, given),
        )
        if rule.verdict != Verdict.AUTO:
            await decision.gated(given, rule)
            yield responses.opened(decision.id)
            yield await self._turned(course, rule)
            return
        async for response in self._turn(course):
            yield response
        query = await self._answerer.query(course.masked, signals.language)
        search = self._search.find(course.principal, query, list(course.request.collections))
        _, found = await asyncio.gather(decision.gated(given, rule), search)
        yield responses.opened(decision.id)
        passages = sort_out(found.passages)
        task = course.task(passages.kept, authority)
        release = Release(
            self._gate, decision, course.principal, task.passages,
            language=signals.language, matter=course.matter, model=self._answerer.model,
            model_approved=self._model_approved, stop=course.wording.stop,
        )  # fmt: skip
        retrieved: asyncio.Task[None] | None = asyncio.create_task(decision.retrieved(query, found, passages.set_aside))
        course.begun_tokens = self._answerer.most_tokens if task.passages else 0
        try:
            async with contextlib.aclosing(_drafts(self._answerer, task)) as drafts:
                async for draft in drafts:
                    if retrieved is not None:
                        await retrieved
                        retrieved = None
                    for sentence in await release.take(draft):
                        course.told = release.text
                        yield responses.sentence(sentence)
                    course.count(draft)
                    if release.stopped:
                        break
            if retrieved is not None:
                await retrieved
        finally:
            if retrieved is not None:
                retrieved.cancel()
        yield await self._ended(course, release)

    async def _turn(self, course: _Course) -> AsyncIterator[AnswerResponse]:
        """Ends when the question's turn has come; at once when it had come before."""
        if course.visit is not None:
            return
        course.visit = await self._door.enter(
            course.principal, batch=course.request.batch, most_tokens=self._answerer.most_tokens
        )
        async for place in course.visit.turn():
            yield responses.queued(place)

    async def _turned(self, course: _Course, rule: GateResponse) -> AnswerResponse:
        """The rules ended the matter before anything was searched."""
        ending = by_rule(rule, course.signals, Stage.REQUEST)
        return await self._end(course, ending, rule, draft="")

    async def _ended(self, course: _Course, release: Release) -> AnswerResponse:
        rule, language = release.rule, course.signals.language
        cut = _cut(course, release)
        if release.text:
            ending = Ending(Outcome.ANSWERED, Reason.UNSPECIFIED, release.text, release.cited, cut=cut)
        elif release.at_stop or (cut and not release.draft):
            ending = Ending(Outcome.ABSTAINED, Reason.NO_ROOM, "", cut=cut)
        elif rule is None or rule.verdict is Verdict.AUTO:
            ending = Ending(Outcome.ABSTAINED, Reason.NOT_IN_SOURCES, notice(NO_SUPPORT, language))
        else:
            ending = by_rule(rule, course.signals, Stage.RELEASE)
        if rule is not None and release.decides and release.text and not cut:
            await course.decision.made(release.text, release.said, rule)
        return await self._end(course, ending, rule, draft="\n".join(each.text for each in release.draft))

    async def _end(self, course: _Course, ending: Ending, rule: GateResponse | None, *, draft: str) -> AnswerResponse:
        """The last record, then the last message."""
        contact = self._authorities.of(course.decision.authority).contact
        if ending.names_a_person and (ways := reached(contact, course.signals.language)):
            ending = replace(ending, text=f"{ending.text} {ways}")
        review = None
        if rule and ending.outcome is Outcome.REVIEW:
            review = {"question": course.signals.question, "draft": draft, "reason": rule.reason}
        await course.decision.end(ending, rule=rule, review=review)
        summary = Finished(
            decision_id=course.decision.id,
            outcome=ending.outcome,
            text=ending.text,
            citations=list(ending.citations),
            rule_id=rule.rule_id if rule else "",
            model=course.model or self._answerer.model,
            language=course.signals.language,
            prompt_tokens=course.prompt_tokens,
            completion_tokens=course.completion_tokens,
            reason=ending.reason,
            referral=ending.referral,
            cut=ending.cut,
            pins=dict(course.decision.pins),
            not_followed=course.not_followed,
            text_language=detect(ending.text) if ending.text else "",
        )
        return responses.finished(summary)


def _cut(course: _Course, release: Release) -> Cut:
    if release.at_stop:
        return Cut.STOP
    # What was drafted and dropped ends an answer for want of support, not of room.
    cut_off = course.cut_off and not release.stopped and (release.text or not course.dropped)
    return Cut.LENGTH if cut_off else Cut.UNSPECIFIED


class _Course:
    """One request on its way."""

    def __init__(
        self, request: AnswerRequest, principal: Principal, asked: Asking, signals: Signals, decision: Decision
    ) -> None:
        self.request = request
        self.principal = principal
        self.matter = request.matter or Matter()
        self.wording = request.wording or Wording()
        self.signals = signals
        self.decision = decision
        before = signals_of(asked.before).question if asked.before else ""
        earlier = tuple(Said(each.asker, masked(each.text).text) for each in asked.earlier)
        self.masked = Asking(signals.question, before, earlier)
        self.visit: Visit | None = None
        self.told = ""
        self.model = ""
        self.begun_tokens = 0
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.cut_off = False
        self.dropped = False
        # The authority alone instructs the model.
        self.not_followed = [f"messages[{n}]" for n, each in enumerate(request.messages) if each.role == "system"]

    def task(self, passages: Sequence[ScoredPassage], authority: Authority) -> Task:
        wording = self.wording
        style = Style(
            caseworker=self.principal.role is Role.CASEWORKER,
            easy_read=self.request.easy_read or asks_for_easy_read(self.masked.question),
            authority=authority.name,
            tone=authority.tone,
        )
        return Task(
            self.masked,
            self.signals.language,
            list(passages),
            self.request.max_tokens,
            seed=wording.seed if wording.has_field("seed") else None,
            temperature=wording.temperature if wording.has_field("temperature") else None,
            own_domains=authority.domains,
            style=style,
        )

    @property
    def waited_ms(self) -> int:
        return self.visit.waited_ms if self.visit else 0

    @property
    def tokens(self) -> int:
        """What the model has used; the most that it may have, when it was begun and did not say."""
        return self.prompt_tokens + self.completion_tokens or self.begun_tokens

    def count(self, draft: Draft) -> None:
        self.model = draft.model or self.model
        self.prompt_tokens += draft.prompt_tokens
        self.completion_tokens += draft.completion_tokens
        self.cut_off = self.cut_off or draft.cut_off
        self.dropped = self.dropped or bool(draft.dropped)
        self.not_followed += draft.not_followed


async def _drafts(answerer: Answerer, task: Task) -> AsyncGenerator[Draft, None]:
    """The answerer's drafts; a single empty one when there is nothing to draw on."""
    if not task.passages:
        yield Draft()
        return
    async with contextlib.aclosing(answerer.answer(task)) as drafts:
        async for draft in drafts:
            yield draft
