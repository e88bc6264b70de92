"""Whether a log's leaves give the tree that was signed, and the one that the auditor has kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from allmanning.audit.export.manifest import LogRange
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.frontier import Frontier
from allmanning.audit.log.note import BadNote, VerifierKey
from allmanning.audit.log.tree import verify_consistency
from allmanning.audit.verify.given import Given
from allmanning.audit.verify.problems import Problems
from allmanning.audit.verify.report import Report


@dataclass
class Log:
    """A log in the bundle, its checkpoint opened with the key beside it."""

    range: LogRange
    note: str
    checkpoint: Checkpoint
    key: VerifierKey
    # The checkpoint that witnesses cosigned, when there is an earlier one.
    witnessed: str = ""
    base: int = 0
    # A checkpoint that the auditor kept, and the root that the leaves give at its size.
    kept: Checkpoint | None = None
    root_then: bytes | None = None
    frontier: Frontier = field(default_factory=Frontier)
    last: bytes = b""
    late: bool = False


def start_trees(logs: list[Log], given: Given, problems: Problems) -> None:
    for log in logs:
        try:
            log.frontier = Frontier.at(log.range.start, log.range.before)
        except ValueError as error:
            problems.add("root", f"{log.checkpoint.origin}: noderna före den första posten har fel form: {error}.")
        log.kept = given.kept(log.checkpoint.origin, log.key)
        if log.kept and log.kept.size == log.range.start:
            log.root_then = log.frontier.root()


def check_root(log: Log, problems: Problems) -> None:
    """The leaves that are there give, with what stands before and after them, the signed root."""
    checkpoint, told = log.checkpoint, log.range
    if log.frontier.size != told.end:
        problems.add("root", f"{checkpoint.origin}: paketet har inte alla poster mellan {told.start} och {told.end}.")
    elif not verify_consistency(told.end, checkpoint.size, log.frontier.root(), checkpoint.root, told.after):
        detail = f"{checkpoint.origin}: posterna ger en annan kontrollsumma än den undertecknade. Någon post är ändrad."
        problems.add("root", detail)


def check_kept(report: Report, logs: list[Log], given: Given) -> None:
    """The auditor's own checkpoint is a beginning of its log."""
    if not given.checkpoint:
        return
    name, code = "earlier_checkpoint", "checkpoint.inconsistent"
    log = next((log for log in logs if log.checkpoint.origin == given.origin), None)
    if log is None:
        report.unchecked(
            name, "checkpoint.incomparable", "Din sparade kontrollpunkt gäller en logg som inte finns här."
        )
        return
    try:
        kept = Checkpoint.open(given.checkpoint, log.key)
    except BadNote as error:
        report.failed(name, code, f"Din sparade kontrollpunkt håller inte: {error}.")
        return
    if kept.size > log.checkpoint.size:
        told = f"Loggen har {log.checkpoint.size} poster men hade {kept.size} när du sparade kontrollpunkten."
        report.failed(name, code, told)
    elif kept.size == log.checkpoint.size:
        _settle_kept(report, kept, kept.root == log.checkpoint.root)
    elif log.root_then is not None:
        _settle_kept(report, kept, kept.root == log.root_then)
    else:
        told = "Utdraget omfattar inte posterna vid din kontrollpunkt; be om hela loggen för att jämföra."
        report.unchecked(name, "checkpoint.incomparable", told)


def _settle_kept(report: Report, kept: Checkpoint, same: bool) -> None:
    if same:
        report.passed("earlier_checkpoint", f"De första {kept.size} posterna är oförändrade sedan din kontrollpunkt.")
    else:
        told = f"Någon av de första {kept.size} posterna har ändrats sedan din kontrollpunkt."
        report.failed("earlier_checkpoint", "checkpoint.inconsistent", told)
