"""Answer a question: signals, rules, search, draft, rules again, and a record before every word."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1.audit_pb import GateResponse, Verdict
from allmanning.contracts.generate.v1.generate_pb import (
    AnswerRequest,
    AnswerResponse,
    Citation,
    Finished,
    Matter,
    Outcome,
)
from allmanning.generate import responses
from allmanning.generate.conversation import Asking, asking
from allmanning.generate.decision import Decision
from allmanning.generate.draft import Answerer, Draft, Task
from allmanning.generate.gate import Gate
from allmanning.generate.notices import NO_SUPPORT, notice, told
from allmanning.generate.release import Release
from allmanning.generate.search import Search
from allmanning.generate.signals import Signals, signals_of
from allmanning.runtime.errors import InvalidInput, PlatformError
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Recorder

log = logging.getLogger(__name__)

_OUTCOMES: Mapping[Verdict, Outcome] = {
    Verdict.HAND_OVER: Outcome.HANDED_OVER,
    Verdict.REFUSE: Outcome.REFUSED,
    Verdict.REVIEW: Outcome.REVIEW,
}


class Answers:
    """The endpoint generate.v1.answer."""

    def __init__(
        self,
        *,
        gate: Gate,
        search: Search,
        recorder: Recorder,
        answerer: Answerer,
        pins: Mapping[str, bytes],
        model_approved: bool,
        max_question_chars: int,
    ) -> None:
        self._gate = gate
        self._search = search
        self._recorder = recorder
        self._answerer = answerer
        self._pins = pins
        self._model_approved = model_approved
        self._max_question_chars = max_question_chars

    async def answer(self, request: AnswerRequest) -> AsyncIterator[AnswerResponse]:
        """Opened, the released sentences, Finished.

        Raises:
            InvalidInput: `messages.invalid`, `question.empty`, `question.too_long`, `principal.missing`,
                `authority.invalid`.
            Unavailable: `audit.unavailable`; nothing leaves after it. `retrieve.unavailable`.
            Busy, Unavailable, TimedOut: what the model server answered, see `draft.Answerer`.
        """
        if request.principal is None:
            raise InvalidInput("principal.missing", "Det framgår inte vem som frågar.")
        checked_authority(request.principal.authority)
        asked = asking(request.messages, self._max_question_chars)
        decision = Decision(self._recorder, request.principal)
        course = _Course(request, request.principal, asked, signals_of(asked.question), decision)
        try:
            async for response in self._run(course):
                yield response
        except PlatformError as error:
            await decision.broken_off(error.code, course.told)
            raise
        except (asyncio.CancelledError, GeneratorExit):
            await decision.broken_off("asker.left", course.told)
            raise

    async def _run(self, course: _Course) -> AsyncIterator[AnswerResponse]:
        decision, signals = course.decision, course.signals
        given = self._gate.request_input(course.principal, signals, course.matter)
        _, rule = await asyncio.gather(
            decision.received(signals, course.request.conversation_id, given, self._pins),
            self._gate.evaluate(decision.authority, decision.id, given),
        )
        if rule.verdict != Verdict.AUTO:
            await decision.gated(given, rule)
            yield responses.opened(decision.id)
            yield await self._turned(course, rule)
            return
        query = await self._answerer.query(course.masked, signals.language)
        search = self._search.find(course.principal, query, list(course.request.collections))
        _, found = await asyncio.gather(decision.gated(given, rule), search)
        yield responses.opened(decision.id)
        task = Task(course.masked, signals.language, list(found.passages), course.request.max_tokens)
        release = Release(
            self._gate, decision, course.principal, task.passages,
            language=signals.language, matter=course.matter, model=self._answerer.model,
            model_approved=self._model_approved,
        )  # fmt: skip
        retrieved: asyncio.Task[None] | None = asyncio.create_task(decision.retrieved(query, found))
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

    async def _turned(self, course: _Course, rule: GateResponse) -> AnswerResponse:
        """The rules ended the matter before anything was searched."""
        outcome = _OUTCOMES.get(rule.verdict, Outcome.REVIEW)
        text = told(rule, course.signals.language)
        if course.signals.wants_human and rule.notice == "hand_over":
            text = notice("wants_human", course.signals.language)
        review = {"question": course.signals.question, "draft": "", "reason": rule.reason}
        await course.decision.end(outcome, text, rule=rule, review=review if outcome is Outcome.REVIEW else None)
        return self._finished(course, outcome, text, rule)

    async def _ended(self, course: _Course, release: Release) -> AnswerResponse:
        rule = release.rule
        if release.text:
            await course.decision.end(Outcome.ANSWERED, release.text, rule=rule)
            return self._finished(course, Outcome.ANSWERED, release.text, rule, list(release.citations.all))
        outcome = _OUTCOMES.get(rule.verdict, Outcome.ABSTAINED) if rule else Outcome.ABSTAINED
        text = told(rule, course.signals.language) if rule else notice(NO_SUPPORT, course.signals.language)
        review = None
        if rule and outcome is Outcome.REVIEW:
            draft = "\n".join(each.text for each in release.draft)
            review = {"question": course.signals.question, "draft": draft, "reason": rule.reason}
        await course.decision.end(outcome, text, rule=rule, review=review)
        return self._finished(course, outcome, text, rule)

    def _finished(
        self,
        course: _Course,
        outcome: Outcome,
        text: str,
        rule: GateResponse | None,
        citations: list[Citation] | None = None,
    ) -> AnswerResponse:
        summary = Finished(
            decision_id=course.decision.id,
            outcome=outcome,
            text=text,
            citations=citations or [],
            rule_id=rule.rule_id if rule else "",
            model=self._answerer.model,
            language=course.signals.language,
            prompt_tokens=course.prompt_tokens,
            completion_tokens=course.completion_tokens,
        )
        return responses.finished(summary)


class _Course:
    """One request on its way."""

    def __init__(
        self, request: AnswerRequest, principal: Principal, asked: Asking, signals: Signals, decision: Decision
    ) -> None:
        self.request = request
        self.principal = principal
        self.matter = request.matter or Matter()
        self.signals = signals
        self.decision = decision
        before = signals_of(asked.before).question if asked.before else ""
        self.masked = Asking(signals.question, before)
        self.told = ""
        self.prompt_tokens = 0
        self.completion_tokens = 0

    def count(self, draft: Draft) -> None:
        self.prompt_tokens += draft.prompt_tokens
        self.completion_tokens += draft.completion_tokens


async def _drafts(answerer: Answerer, task: Task) -> AsyncGenerator[Draft, None]:
    """The answerer's drafts; a single empty one when there is nothing to draw on."""
    if not task.passages:
        yield Draft()
        return
    async with contextlib.aclosing(answerer.answer(task)) as drafts:
        async for draft in drafts:
            yield draft
