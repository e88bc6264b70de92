"""From request to report: one endpoint, and who asks for what decides what is read and recorded."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from allmanning.audit.asking.gaps import Gaps
from allmanning.audit.gate.table import Table
from allmanning.audit.inspection.comparisons import Comparisons
from allmanning.audit.inspection.controls import Controls
from allmanning.audit.inspection.desk import Desk
from allmanning.audit.inspection.disclosures import Disclosures
from allmanning.audit.inspection.journal import AUDITORS, Journal, require
from allmanning.audit.inspection.questions import Questions
from allmanning.audit.inspection.readers import Readers
from allmanning.audit.inspection.recalls import Recalls
from allmanning.audit.inspection.samples import Samples
from allmanning.audit.inspection.schema import tasks
from allmanning.audit.log.protocol import Log
from allmanning.audit.log.reading import Reading
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.index.remote_embedder import RemoteEmbedder
from allmanning.runtime import subjects
from allmanning.runtime.endpoint import Answering, Endpoint
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Json, Recorder, canonical

_MAX_TASKS: Final = 200


class InspectionHandlers:
    """Errors are those of what is asked."""

    def __init__(self, log: Log, recorder: Recorder, national: Table, embedder: RemoteEmbedder) -> None:
        self._desk = Desk(log, Journal(recorder))
        self._questions = Questions(self._desk)
        self._readers = Readers(self._desk)
        self._comparisons = Comparisons(self._desk, national, embedder)
        self._recalls = Recalls(self._desk)
        self._gaps = Gaps(self._desk, embedder)
        self._samples = Samples(self._desk)
        self._controls = Controls(self._desk)
        self._disclosures = Disclosures(self._desk, log, log.keys)

    def endpoints(self) -> list[Answering]:
        return [Endpoint(subjects.AUDIT_INSPECT, proto.InspectRequest, self.inspect)]

    async def inspect(self, request: proto.InspectRequest) -> proto.InspectResponse:
        """Answer one request.

        Raises:
            InvalidInput: `inspect.empty`, when nothing is asked or nobody asks.
        """
        if request.principal is None or request.ask is None:
            raise InvalidInput("inspect.empty", "Frågan är tom. (Nothing is asked.)")
        checked_authority(request.principal.authority)
        asked = request.ask.value
        if isinstance(asked, proto.FileDecision):
            report, file = await self._questions.file(
                request.principal, request.reason, asked.decision_id, asked.case_number, asked.format
            )
            return proto.InspectResponse(report=canonical(report), file=file)
        if isinstance(asked, proto.ReleaseDisclosure):
            report, file = await self._disclosures.release(request.principal, asked.disclosure_id)
            return proto.InspectResponse(report=canonical(report), file=file)
        return proto.InspectResponse(report=canonical(await self._report(request, request.principal)))

    async def _report(self, request: proto.InspectRequest, principal: Principal) -> dict[str, Json]:
        reason = request.reason
        holder = checked_authority(request.authority or principal.authority)
        match request.ask.value if request.ask else None:
            case proto.FindDecisions() as asked:
                return await self._questions.find(principal, reason, asked)
            case proto.SeeDecision(decision_id=decision):
                return await self._questions.see(principal, reason, decision)
            case proto.ExplainDecision(decision_id=decision):
                return await self._questions.explain(holder, principal, decision)
            case proto.ListReaders(decision_id=decision):
                return await self._readers.of_decision(holder, decision)
            case proto.ListReadersOfPerson() as asked:
                return await self._readers.of_person(principal, reason, asked)
            case proto.LintDecisions() as asked:
                return await self._comparisons.lint(principal, asked)
            case proto.CompareCases() as asked:
                return await self._comparisons.compare(principal, reason, asked)
            case proto.ReplayRules() as asked:
                return await self._comparisons.replay(principal, asked)
            case proto.ListTasks() | proto.ListContests() | proto.CountDecisions() as listed:
                return await self._listed(principal, listed)
            case _:
                return await self._step(request, principal)

    async def _listed(
        self, principal: Principal, asked: proto.ListTasks | proto.ListContests | proto.CountDecisions
    ) -> dict[str, Json]:
        """What there is, by the leaves alone."""
        match asked:
            case proto.ListTasks(kind=kind, limit=limit):
                return await self._tasks(principal, kind, limit)
            case proto.ListContests():
                return await self._questions.contests(principal, asked.limit, asked.offset, settled=asked.all)
            case proto.CountDecisions():
                return await self._questions.count(principal, asked.from_, asked.to)

    async def _step(self, request: proto.InspectRequest, principal: Principal) -> dict[str, Json]:
        """A step of a recall or a sample, or of another task."""
        reason = request.reason
        match request.ask.value if request.ask else None:
            case proto.OpenRecall(kind=kind, value=value):
                return await self._recalls.open(principal, reason, kind, value)
            case proto.ShowRecall() as asked:
                return await self._recalls.show(principal, asked.recall_id, asked.states, asked.limit, asked.offset)
            case proto.SettleRecall() as asked:
                return await self._recalls.settle(principal, reason, asked.recall_id, asked.decision_id, asked.state)
            case proto.FrameSample() as asked:
                return await self._samples.frame(principal, reason, asked)
            case proto.DrawSample(sample_id=sample, size=size):
                return await self._samples.draw(principal, sample, size)
            case proto.JudgeSample() as asked:
                return await self._samples.judge(principal, reason, asked.sample_id, asked.decision_id, asked.verdict)
            case proto.ShowSample(sample_id=sample):
                return await self._samples.show(principal, sample)
            case _:
                return await self._later_step(request, principal)

    async def _later_step(self, request: proto.InspectRequest, principal: Principal) -> dict[str, Json]:
        """A step of a control or a disclosure, or the gaps in the documents."""
        reason = request.reason
        match request.ask.value if request.ask else None:
            case proto.PlanControls(every_days=days):
                return await self._controls.plan(principal, reason, days)
            case proto.DrawControl() as asked:
                return await self._controls.draw(principal, reason, asked.from_, asked.to, asked.size)
            case proto.JudgeControl() as asked:
                return await self._controls.judge(principal, reason, asked.control_id, asked.record_id, asked.verdict)
            case proto.ShowControl(control_id=control):
                return await self._control(principal, reason, control)
            case proto.ProposeDisclosure(decision_id=decision):
                return await self._disclosures.propose(principal, reason, decision)
            case proto.PrepareDisclosure() as asked:
                return await self._disclosures.prepare(principal, reason, asked.decision_id, asked.masks)
            case proto.ListGaps() as asked:
                return await self._gaps.list(principal, reason, asked)
            case proto.ShowDisclosure(disclosure_id=disclosure):
                return await self._disclosures.show(principal, reason, disclosure)
            case proto.SettleDisclosure(disclosure_id=disclosure, approve=approve):
                return await self._disclosures.settle(principal, reason, disclosure, approve=approve)
            case _:
                raise InvalidInput("inspect.unknown", "Tjänsten känner inte till frågan. (Unknown request.)")

    async def _control(self, principal: Principal, reason: str, control: str) -> dict[str, Json]:
        """One control, or the plan and every control when none is named."""
        if control:
            return await self._controls.show(principal, reason, control)
        return await self._controls.standing(principal)

    async def _tasks(self, principal: Principal, kind: str, limit: int) -> dict[str, Json]:
        """What auditors have begun, newest first."""
        require(principal, *AUDITORS)

        def look(log: Reading) -> list[Json]:
            query = select(tasks.c.task, tasks.c.kind, tasks.c.opened_at).where(tasks.c.authority == log.authority)
            if kind:
                query = query.where(tasks.c.kind == kind)
            newest = query.order_by(tasks.c.opened_at.desc()).limit(min(limit or _MAX_TASKS, _MAX_TASKS))
            return [dict(row._asdict()) for row in log.connection.execute(newest)]

        return {"tasks": await self._desk.read(principal.authority, look)}
