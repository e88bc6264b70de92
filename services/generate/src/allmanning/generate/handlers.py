"""Answer a question: signals, rules, search, draft, rules again, and a record before every word."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace

from allmanning.contracts.audit.v1.audit_pb import GateResponse, Stage, Verdict
from allmanning.contracts.generate.v1.generate_pb import (
    AnswerRequest,
    AnswerResponse,
    Finished,
    Outcome,
    Reason,
)
from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.generate import responses
from allmanning.generate.admission.door import Door
from allmanning.generate.conflict import in_conflict
from allmanning.generate.contact import reached
from allmanning.generate.conversation import Memory, asking
from allmanning.generate.course import Course, Found, cut_of
from allmanning.generate.decision import Decision
from allmanning.generate.draft import Answerer, Draft, Task
from allmanning.generate.elsewhere import elsewhere
from allmanning.generate.ending import (
    MISSING,
    Ending,
    by_rule,
    conflicting,
    emergency,
    nothing_asked,
    reminded,
    spoken_in,
    without_answer,
)
from allmanning.generate.gate import Gate
from allmanning.generate.grounds import grounds
from allmanning.generate.kinds import Listener
from allmanning.generate.notices import notice
from allmanning.generate.release import Release
from allmanning.generate.search import Search
from allmanning.generate.signals import doubted
from allmanning.generate.terms import Terms
from allmanning.generate.untrusted import sort_out
from allmanning.runtime.errors import Busy, InvalidInput, PlatformError, Unavailable
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Json, Recorder

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
        terms: Callable[[str], Awaitable[Terms]],
        model_approved: bool,
        max_question_chars: int,
        listener: Listener,
        memory: Memory = Memory(),  # noqa: B008 (frozen)
    ) -> None:
        self._door = door
        self._gate = gate
        self._search = search
        self._recorder = recorder
        self._terms = terms
        self._model_approved = model_approved
        self._max_question_chars = max_question_chars
        self._listener = listener
        self._memory = memory

    async def answer(self, request: AnswerRequest) -> AsyncIterator[AnswerResponse]:
        """Queued while its turn has not come, Opened, the released sentences, Finished.

        Raises:
            InvalidInput: `messages.invalid`, `question.empty`, `question.too_long`, `principal.missing`,
                `authority.invalid`.
            Busy: `budget.used_up`, `queue.full`, `queue.too_long`; nothing was begun.
            Unavailable: `audit.unavailable`; nothing leaves after it. `retrieve.unavailable`, `budget.unavailable`,
                `choice.unavailable`.
            Busy, Unavailable, TimedOut: what the model server answered, see `draft.Answerer`.
        """
        if request.principal is None:
            raise InvalidInput("principal.missing", "Det framgår inte vem som frågar.")
        checked_authority(request.principal.authority)
        asked = asking(request.messages, self._max_question_chars, self._memory)
        decision = Decision(self._recorder, request.principal, evaluation=request.evaluation)
        course = Course(request, request.principal, asked, decision)
        try:
            course.on = await self._terms(decision.authority)
            # Whoever is in danger is told at once where help is; that takes no model. What a message means takes one,
            # and is heard when its turn has come.
            if not course.signals.acute:
                async for response in self._turn(course):
                    yield response
                await self._hear(course)
            async with contextlib.aclosing(self._run(course)) as responded:
                async for response in responded:
                    yield response
        except PlatformError as error:
            if isinstance(error, Busy):
                course.signals = await self._listener.overheard(course.signals)
            await decision.broken_off(error.code, course.told)
            if course.signals.acute:
                # Help is told even where nothing else can be said.
                raise Unavailable(error.code, emergency(course.signals), retry_after_s=error.retry_after_s) from error
            raise
        except (asyncio.CancelledError, GeneratorExit):
            await decision.broken_off("cancelled", course.told)
            raise
        finally:
            course.leave()

    async def _hear(self, course: Course) -> None:
        if course.signals.plain and not course.masked.earlier:
            # It is searched meanwhile; if its meaning or the rules end the matter, nobody sees anything of that.
            course.found = _begun(self._found(course))
        course.signals = await self._listener.heard(course.signals)

    async def _run(self, course: Course) -> AsyncGenerator[AnswerResponse, None]:
        decision, signals = course.decision, course.signals
        given = self._gate.request_input(course.principal, signals, course.matter)
        await decision.pinned(course.on.pins)
        received = decision.received(
            signals, course.request.conversation_id, given, waited_ms=course.waited_ms
        )  # fmt: skip
        _, rule = await asyncio.gather(
            decision.record(received), self._gate.evaluate(decision.authority, decision.id, given)
        )
        decision.keep(decision.gated(given, rule))
        if rule.verdict != Verdict.AUTO or signals.nothing_asked:
            yield responses.opened(decision.id)
            ruled = rule.verdict != Verdict.AUTO
            ending = by_rule(rule, signals, Stage.REQUEST) if ruled else nothing_asked(signals)
            yield await self._end(course, ending, rule, draft="")
            return
        async for response in self._turn(course):
            yield response
        query, found = await (course.found or self._found(course))
        yield responses.opened(decision.id)
        passages = sort_out(found.passages)
        recorded = asyncio.create_task(decision.record(decision.retrieved(query, found, passages.set_aside)))
        try:
            async with contextlib.aclosing(self._answered(course, passages.kept, rule, recorded)) as responded:
                async for response in responded:
                    yield response
        finally:
            recorded.cancel()

    async def _found(self, course: Course) -> Found:
        """What was searched for, and what the asker may see of it."""
        query = await course.on.answerer.query(course.masked, course.signals.language)
        return query, await self._search.find(course.principal, query, list(course.request.collections))

    async def _answered(
        self, course: Course, passages: Sequence[ScoredPassage], rule: GateResponse, recorded: asyncio.Task[None]
    ) -> AsyncGenerator[AnswerResponse, None]:
        """Sentences as they may leave, then the end; nothing before the search is `recorded`."""
        signals, authority = course.signals, course.on.authority
        course.elsewhere = elsewhere(signals.question, course.decision.authority, authority.name)
        if course.elsewhere and not course.elsewhere.known_here(passages):
            await recorded
            yield await self._end(course, without_answer(signals, passages, course.elsewhere), rule, draft="")
            return
        task = course.task(passages, authority)
        release = Release(
            self._gate, course.decision, course.principal, task.passages,
            language=signals.language, matter=course.matter, model=course.on.answerer.model,
            model_approved=self._model_approved, stop=course.wording.stop, warns="acute" in signals.in_doubt,
        )  # fmt: skip
        course.begun_tokens = course.on.answerer.most_tokens if task.passages else 0
        async with contextlib.aclosing(_drafts(course.on.answerer, task)) as drafts:
            async for draft in drafts:
                await recorded
                course.count(draft)
                if disputed := in_conflict(draft, task):
                    await release.take(disputed)
                    course.disputed = bool(release.text)
                    break
                for sentence in await release.take(draft):
                    course.told = release.text
                    yield responses.sentence(course.own(sentence))
                if release.stopped:
                    break
        await recorded
        yield await self._ended(course, release, task)

    async def _turn(self, course: Course) -> AsyncIterator[AnswerResponse]:
        """Ends when the question's turn has come; at once when it had come before."""
        if course.visit is not None:
            return
        course.visit = await self._door.enter(course.principal, course.on.answerer, batch=course.request.batch)
        async for place in course.visit.turn():
            yield responses.queued(place)

    async def _ended(self, course: Course, release: Release, task: Task) -> AnswerResponse:
        rule, language = release.rule, course.signals.language
        course.foreword = release.foreword
        cut = cut_of(course, release)
        if course.disputed:
            ending = conflicting(course.told, release.text, release.cited, language)
        elif release.text:
            ending = Ending(Outcome.ANSWERED, Reason.UNSPECIFIED, release.text, release.cited, cut=cut)
        elif release.at_stop or (cut and not release.draft):
            ending = Ending(Outcome.ABSTAINED, Reason.NO_ROOM, "", cut=cut)
        elif rule is None or rule.verdict is Verdict.AUTO:
            ending = without_answer(course.signals, task.passages, course.elsewhere)
            if ending.reason in MISSING and course.signals.in_doubt:
                ending, rule = await self._in_doubt(course, ending)
        else:
            ending = by_rule(rule, course.signals, Stage.RELEASE)
        decides = release.decides and not course.decision.evaluation
        if rule is not None and decides and release.text and not cut:
            course.decision.keep(course.decision.made(release.text, release.said, rule))
        draft = "\n".join(each.text for each in release.draft)
        rests_on = grounds(release.citations, release.draft) if ending.outcome is Outcome.REVIEW else ()
        return await self._end(course, ending, rule, draft=draft, rests_on=rests_on)

    async def _in_doubt(self, course: Course, ending: Ending) -> tuple[Ending, GateResponse]:
        """Nothing answers the message: it is taken for what it may be, and the rules say what is done with that."""
        signals, decision = doubted(course.signals), course.decision
        given = self._gate.request_input(course.principal, signals, course.matter)
        rule = await self._gate.evaluate(decision.authority, decision.id, given)
        decision.keep(decision.gated(given, rule))
        return (ending if rule.verdict == Verdict.AUTO else by_rule(rule, signals, Stage.REQUEST)), rule

    async def _end(
        self, course: Course, ending: Ending, rule: GateResponse | None, *, draft: str, rests_on: Sequence[Json] = ()
    ) -> AnswerResponse:
        """The last record, then the last message."""
        contact = course.on.authority.contact
        if ending.names_a_person and (ways := reached(contact, course.signals.language)):
            ending = replace(ending, text=f"{ending.text} {ways}")
        ending = reminded(ending, course.signals)
        review: dict[str, Json] = {}
        if rule and ending.outcome is Outcome.REVIEW:
            review = {"question": course.signals.question, "draft": draft, "reason": rule.reason}
            review["grounds"] = list(rests_on)
        await course.decision.end(ending, rule=rule, review=review)
        foreword = course.foreword
        summary = Finished(
            decision_id=course.decision.id,
            outcome=ending.outcome,
            text=course.own_text(ending.text),
            citations=list(ending.citations),
            rule_id=rule.rule_id if rule else "",
            model=course.model or course.on.answerer.model,
            language=course.signals.language,
            prompt_tokens=course.prompt_tokens,
            completion_tokens=course.completion_tokens,
            reason=ending.reason,
            referral=ending.referral,
            cut=ending.cut,
            pins=dict(course.decision.pins),
            rules=rule.rules if rule else "",
            index_version=course.decision.index_version,
            not_followed=course.not_followed,
            text_language=(foreword and foreword.quoted_in) or spoken_in(ending, rule, course.signals.language),
            foreword=foreword.text if foreword else "",
            nearby=list(ending.nearby),
            nearby_heading=notice("nearby", course.signals.language) if ending.nearby else "",
        )
        return responses.finished(summary)


def _begun(work: Coroutine[None, None, Found]) -> asyncio.Task[Found]:
    """The work as a task whose failure is told to whoever awaits it, and to nobody when no one does."""
    task = asyncio.create_task(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


async def _drafts(answerer: Answerer, task: Task) -> AsyncGenerator[Draft, None]:
    """The answerer's drafts; a single empty one when there is nothing to draw on."""
    if not task.passages:
        yield Draft()
        return
    async with contextlib.aclosing(answerer.answer(task)) as drafts:
        async for draft in drafts:
            yield draft
