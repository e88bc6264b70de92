"""Check a bundle: every file, every leaf, every promise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256

from allmanning.audit.export.layout import (
    CHUNK_LEAVES,
    MANIFEST,
    MANIFEST_NOTE,
    POLICY,
    leaves_file,
    manifest_text,
)
from allmanning.audit.export.manifest import LogRange, Manifest
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import BadNote, VerifierKey
from allmanning.audit.log.tree import verify_consistency
from allmanning.audit.verify.archive import Archive, Source
from allmanning.audit.verify.certificates import Certificate, check_against
from allmanning.audit.verify.chunk import Found, Task, checker
from allmanning.audit.verify.crew import Crew
from allmanning.audit.verify.excerpt import check_excerpt
from allmanning.audit.verify.given import Given, check_key
from allmanning.audit.verify.handover import check_handovers
from allmanning.audit.verify.problems import Problems
from allmanning.audit.verify.report import Report, Unreadable
from allmanning.audit.verify.trees import Log, check_kept, check_root, start_trees
from allmanning.audit.verify.whole import Whole
from allmanning.audit.verify.witnesses import check_witnesses


@dataclass(frozen=True)
class Bundle:
    """A bundle whose manifest is the one that was signed."""

    archive: Archive
    manifest: Manifest
    logs: list[Log]


def check_bundle(report: Report, source: Source, given: Given) -> None:
    """Check a bundle's ZIP.

    Raises:
        Unreadable: when there is nothing to check further.
    """
    report.kind = "bundle"
    with closing(Archive(source)) as archive:
        manifest, logs = _opened(archive)
        bundle = Bundle(archive, manifest, logs)
        _say_signatures(report, bundle, given)
        with closing(Whole(manifest.scope)) as whole:
            _check_content(bundle, source, given, whole)
            _say_files(report, bundle, whole.problems)
            whole.settle(report)
            if manifest.scope.kind != "decisions":
                check_handovers(report, logs, (each.leaf for each in whole.told), whole=manifest.scope.kind == "all")
        check_kept(report, logs, given)
        if given.certificate:
            spans = {(log.checkpoint.origin, log.range.start, log.range.end) for log in logs}
            check_against(report, Certificate.parse(given.certificate), spans)


def _check_content(bundle: Bundle, source: Source, given: Given, whole: Whole) -> None:
    problems = whole.problems
    if not bundle.archive.canonical():
        problems.add("archive", "ZIP-filen är ompackad, skadad eller har tillägg som inte hör till paketet.")
    hashes = _loose_files(bundle.archive, problems)
    here = checker(bundle.archive, bundle.manifest.authority, bundle.manifest.opened)
    if bundle.manifest.scope.kind == "decisions":
        used = {log.checkpoint.origin: (log.checkpoint, log.key) for log in bundle.logs}
        check_excerpt(here, bundle.archive, bundle.manifest.scope.decisions, used, whole)
    else:
        with closing(Crew(source, here)) as crew:
            for found in _chunks(bundle, crew, given, problems):
                whole.take(found)
                hashes |= found.hashes
        for log in bundle.logs:
            check_root(log, problems)
    _check_files(bundle, hashes, problems)


def _say_files(report: Report, bundle: Bundle, problems: Problems) -> None:
    problems.settle(report, "archive", "bundle.not_canonical", "ZIP-filen är byte för byte som den packades.")
    problems.settle(report, "files", "files.changed", f"{len(bundle.archive)} filer är de som packades.")
    if bundle.manifest.scope.kind == "decisions":
        count = len(bundle.manifest.scope.decisions)
        told = f"{count} besluts poster finns i den undertecknade loggen. Utdraget visar inte att fler saknas."
        problems.settle(report, "inclusion", "receipt.invalid", told)
        return
    told = "; ".join(
        f"{log.checkpoint.origin}: posterna {log.range.start}–{log.range.end} av {log.checkpoint.size}"
        for log in bundle.logs
    )
    problems.settle(report, "root", "root.mismatch", f"{told} ger den undertecknade kontrollsumman.")


def _opened(archive: Archive) -> tuple[Manifest, list[Log]]:
    """The manifest and the logs that it names, oldest first, with every signature checked."""
    raw = archive.read(MANIFEST)
    try:
        manifest = Manifest.parse(raw)
    except ValueError as error:
        raise Unreadable("manifest", "manifest.invalid", f"Förteckningen går inte att läsa: {error}.") from error
    periods = [log.period for log in manifest.logs]
    if not periods or periods != sorted(set(periods)):
        raise Unreadable("manifest", "manifest.invalid", "Förteckningens loggar är inga, dubbla eller i oordning.")
    logs = [_log(archive, each) for each in manifest.logs]
    newest = logs[-1]
    try:
        signed = newest.key.open(_text(archive, MANIFEST_NOTE))
    except BadNote as error:
        raise Unreadable("manifest", "manifest.invalid", f"Förteckningens underskrift håller inte: {error}.") from error
    if signed != manifest_text(newest.checkpoint.origin, raw):
        raise Unreadable("manifest", "manifest.invalid", "Förteckningen är inte den som undertecknades.")
    base = 0
    for log in logs:
        log.base = base - log.range.start
        base += log.range.end - log.range.start
    return manifest, logs


def _log(archive: Archive, told: LogRange) -> Log:
    folder = f"logs/{told.period}"
    note = _text(archive, f"{folder}/checkpoint")
    try:
        key = VerifierKey.parse(_text(archive, f"{folder}/vkey"))
    except BadNote as error:
        raise Unreadable("checkpoint", "checkpoint.invalid", f"Filen {folder}/vkey håller inte: {error}.") from error
    try:
        checkpoint = Checkpoint.open(note, key)
    except BadNote as error:
        detail = f"Underskriften i {folder}/checkpoint håller inte: {error}."
        raise Unreadable("checkpoint", "checkpoint.invalid", detail) from error
    if checkpoint.origin != told.origin or told.end > checkpoint.size:
        detail = f"Förteckningen säger något annat om loggen {told.period} än {folder}/checkpoint."
        raise Unreadable("manifest", "manifest.invalid", detail)
    return Log(told, note, checkpoint, key, _witnessed(archive, told, checkpoint, key))


def _witnessed(archive: Archive, told: LogRange, checkpoint: Checkpoint, key: VerifierKey) -> str:
    """The note that witnesses cosigned; it must be of the same log, and of a beginning of it."""
    name = f"logs/{told.period}/witnessed"
    if name not in archive:
        return ""
    note = _text(archive, name)
    try:
        then = Checkpoint.open(note, key)
    except BadNote as error:
        raise Unreadable("witnesses", "witnesses.invalid", f"Filen {name} håller inte: {error}.") from error
    if not verify_consistency(then.size, checkpoint.size, then.root, checkpoint.root, told.witnessed):
        detail = f"Det som vittnena har sett i {name} är inte en början på loggen: den är förgrenad."
        raise Unreadable("witnesses", "witnesses.forked", detail)
    return note


def _text(archive: Archive, name: str) -> str:
    """A note's text; bytes that are no text become such that no signature fits."""
    return archive.read(name).decode(errors="replace")


def _say_signatures(report: Report, bundle: Bundle, given: Given) -> None:
    report.authority = bundle.manifest.authority
    for log in bundle.logs:
        told = f"{log.checkpoint.origin}: {log.checkpoint.size} poster, undertecknat av {log.key}."
        report.passed("checkpoint", told)
    report.passed("manifest", "Förteckningen är undertecknad med loggens nyckel.")
    check_key(report, given.key, [log.key for log in bundle.logs])
    policy = bundle.archive.read(POLICY) if POLICY in bundle.archive else None
    notes = [(log.witnessed or log.note, log.key) for log in bundle.logs]
    check_witnesses(report, notes, given.policy or policy)


def _loose_files(archive: Archive, problems: Problems) -> dict[str, str]:
    """SHA-256 of the files that are not checked with the leaves; a text must be the one that its name says."""
    hashes: dict[str, str] = {}
    for name in archive:
        if name in (MANIFEST, MANIFEST_NOTE) or (name.startswith("logs/") and name.endswith(".jsonl")):
            continue
        data = archive.read(name)
        digest = sha256(data).hexdigest()
        hashes[name] = f"sha256:{digest}"
        if not archive.crc_holds(name, data):
            problems.add("archive", f"Kontrollsumman i ZIP-filen för {name} stämmer inte.")
        if name.startswith("pins/") and name != f"pins/{digest}":
            problems.add("pins", f"Texten {name} har en annan kontrollsumma än sitt namn.")
    return hashes


def _chunks(bundle: Bundle, crew: Crew, given: Given, problems: Problems) -> Iterator[Found]:
    """Check every file of leaves, in order, and grow each log's tree by it."""
    start_trees(bundle.logs, given, problems)
    tasks = [(log, task) for log in bundle.logs for task in _tasks(bundle.archive, log)]
    for (log, task), found in zip(tasks, crew.check([task for _, task in tasks]), strict=True):
        if log.kept and log.kept.size in task.marks:
            then = log.frontier.copy()
            then.extend(found.marked[log.kept.size])
            log.root_then = then.root()
        if log.frontier.size == task.start:
            log.frontier.extend(found.nodes)
        log.last, log.late = found.last, log.late or found.late
        yield found


def _tasks(archive: Archive, log: Log) -> Iterator[Task]:
    period, start, end = log.range.period, log.range.start, log.range.end
    parts: dict[int, list[str]] = {}
    for name in archive.under(f"logs/{period}/parts/"):
        parts.setdefault(int(name[-16:-10]), []).append(name)
    at = start
    while at < end:
        number = at // CHUNK_LEAVES
        until = min((number + 1) * CHUNK_LEAVES, end)
        marks = (log.kept.size,) if log.kept and at < log.kept.size <= until else ()
        name = leaves_file(period, number)
        yield Task(log.checkpoint.origin, name, tuple(parts.get(number, ())), at, until - at, log.base, marks)
        at = until


def _check_files(bundle: Bundle, hashes: dict[str, str], problems: Problems) -> None:
    listed = bundle.manifest.files
    for name in bundle.archive:
        if name in (MANIFEST, MANIFEST_NOTE):
            continue
        if name not in listed:
            problems.add("files", f"Filen {name} finns inte i förteckningen.")
        elif name not in hashes:
            problems.add("files", f"Filen {name} hör inte till några poster i paketet.")
        elif hashes[name] != listed[name]:
            problems.add("files", f"Filen {name} har ändrats.")
    for name in listed:
        if name not in bundle.archive:
            problems.add("files", f"Filen {name} saknas i paketet.")
