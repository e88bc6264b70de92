"""Run the audit service: `python -m allmanning.audit`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from allmanning.audit.asking.contact import Contacts
from allmanning.audit.asking.erasing import Erasing
from allmanning.audit.asking.handlers import AskerHandlers
from allmanning.audit.asking.rating import Ratings
from allmanning.audit.export.certifying import Certifying
from allmanning.audit.export.exports import Exports
from allmanning.audit.export.siem.push import Cursor, Push
from allmanning.audit.export.siem.sink import sink_of
from allmanning.audit.export.siem.stream import FORMATS
from allmanning.audit.forgetting.erasures import Erasures
from allmanning.audit.forgetting.execution import Execution
from allmanning.audit.forgetting.handlers import forgetting_of
from allmanning.audit.gate.deployments import Deployments
from allmanning.audit.gate.gate import Gate
from allmanning.audit.gate.handlers import GateHandlers
from allmanning.audit.gate.in_force import InForce, log_refuses
from allmanning.audit.gate.proposals import Proposals
from allmanning.audit.handlers import Handlers
from allmanning.audit.inspection.handlers import InspectionHandlers
from allmanning.audit.log.admission import Admission
from allmanning.audit.log.ledger import Ledger
from allmanning.audit.log.store import Store
from allmanning.audit.log.writer import ContentConsumer, LeafConsumer, Writer
from allmanning.audit.publication.publication import Publication
from allmanning.audit.registers.handlers import RegisterHandlers
from allmanning.audit.registers.registers import Registers
from allmanning.audit.registers.watch import Watch
from allmanning.audit.review.desk import Terms
from allmanning.audit.review.handlers import reviewing_of
from allmanning.audit.sealing.day_keys import DayKeys
from allmanning.audit.sealing.handlers import SealingHandlers
from allmanning.audit.sealing.taken import forget_taken
from allmanning.audit.settings import AuditSettings
from allmanning.contracts.audit.v1.audit_pb import (
    ContentStored,
    DecisionRecorded,
    ExportRequest,
    FindRequest,
    GetRequest,
    ProveRequest,
)
from allmanning.index.remote_embedder import RemoteEmbedder
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.endpoint import Endpoint
from allmanning.runtime.objects import Objects
from allmanning.runtime.record import Recorder
from allmanning.runtime.run import Service, run
from allmanning.runtime.streams import last_sequence


@asynccontextmanager
async def service(bus: Bus, settings: AuditSettings) -> AsyncIterator[Service]:
    """The service, with its log open."""
    gate = Gate.from_file(settings.rules_path, check_every=settings.rules_check_every)
    store = Store(
        settings.data_dir / "audit",
        url=settings.audit_database_url,
        lock_url=settings.audit_lock_url,
        ml_dsa=settings.log_ml_dsa,
        keys_url=settings.audit_keys_url,
        root_key=settings.audit_root_key_file,
    )
    days = DayKeys(store.keyring)
    writer = Writer(store, days, await Admission.of(bus.js))
    recorder = Recorder(bus, "audit")
    policy = settings.witness_policy.read_bytes() if settings.witness_policy else b""
    exports = Exports(store, store.keys, Objects(bus, "exports"), recorder, policy)
    certifying = Certifying(store, store.keys, recorder, policy)
    inspection = InspectionHandlers(store, recorder, gate.national, RemoteEmbedder(bus))
    tasks: list[Callable[[], Awaitable[None]]] = [
        Watch(store, recorder, lambda: last_sequence(bus.js, "AUDIT_LEAVES")).run
    ]
    if settings.siem_target:
        sink = sink_of(settings.siem_target, settings.siem_ca)
        cursor = Cursor(settings.data_dir / "audit" / "siem.json")
        tasks.append(Push(store, sink, FORMATS[settings.siem_format], cursor).run)
    handlers = Handlers(store, exports)
    in_force = InForce(bus, store, gate, partial(log_refuses, store, writer))
    proposals = Proposals(gate, store, recorder, in_force)
    steering = GateHandlers(gate, recorder, in_force, proposals, Deployments(store, recorder, in_force))
    tasks.append(in_force.keep_fresh)
    terms = Terms(
        claim_minutes=settings.review_claim_minutes,
        deadline_hours=settings.review_deadline_hours,
        contest_hours=settings.contest_deadline_hours,
        second_share=settings.review_second_share,
        least_group=settings.oversight_least_group,
    )
    # A control case must look like what generate leaves.
    reviewing = reviewing_of(store, recorder, Recorder(bus, "generate"), terms)
    ledger = Ledger(store, recorder)
    registers = RegisterHandlers(store, Registers(ledger))
    execution = Execution(ledger, settings.backup_days)
    erasures = Erasures(ledger, execution.wake)
    forgetting = forgetting_of(ledger, erasures)
    asking = AskerHandlers(
        Ratings(ledger, recorder), Contacts(ledger, settings.contact_deadline_hours), Erasing(ledger, erasures)
    )
    tasks += [execution.run, reviewing.making.run]
    public = Publication(settings, store, writer, recorder)
    tasks += public.tasks()
    await writer.warm_up()
    try:
        await in_force.warm_up()
        yield Service(
            endpoints=[
                *steering.endpoints(),
                Endpoint(subjects.AUDIT_GET, GetRequest, handlers.get),
                Endpoint(subjects.AUDIT_FIND, FindRequest, handlers.find),
                Endpoint(subjects.AUDIT_PROVE, ProveRequest, handlers.prove),
                Endpoint(subjects.AUDIT_EXPORT, ExportRequest, handlers.export),
                *certifying.endpoints(),
                *inspection.endpoints(),
                *registers.endpoints(),
                *public.endpoints(),
                *reviewing.endpoints(),
                *forgetting.endpoints(),
                *asking.endpoints(),
                *SealingHandlers(days).endpoints(),
            ],
            consumers=[
                LeafConsumer("audit-log", DecisionRecorded, writer.log),
                ContentConsumer("audit-content", ContentStored, writer.content),
            ],
            tasks=[*tasks, lambda: forget_taken(bus), writer.destroy_keys],
        )
    finally:
        await in_force.close()
        await public.close()
        await writer.close()


def main() -> None:
    settings = AuditSettings()
    run("audit", settings, lambda bus: service(bus, settings))


if __name__ == "__main__":
    main()
