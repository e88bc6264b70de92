"""Check a bundle: every file, every leaf, every promise."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from allmanning.audit.export.bundle import KIND, MANIFEST, MANIFEST_NOTE, manifest_text
from allmanning.audit.export.zipped import zipped
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.note import BadNote, VerifierKey
from allmanning.audit.log.tree import leaf_hash, root_of
from allmanning.audit.verify.archive import read_archive
from allmanning.audit.verify.receipts import check_key, shown_by
from allmanning.audit.verify.records import (
    check_counters,
    check_ids,
    check_pins,
    open_parts,
    parse_leaves,
    rerun_rules,
)
from allmanning.audit.verify.report import Report, Unreadable
from allmanning.runtime.record import Json

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Log:
    """A log in the bundle, its checkpoint opened with the key beside it."""

    checkpoint: Checkpoint
    key: VerifierKey
    lines: list[bytes]


def check_bundle(data: bytes, vkey: VerifierKey | None, earlier: str) -> Report:
    """Check a bundle's ZIP. `earlier` is a checkpoint that the auditor kept, of any of the logs in it.

    Raises:
        Unreadable: when there is nothing to check further.
    """
    files = read_archive(data)
    report = Report("bundle")
    if zipped(files) == data:
        report.passed("archive", "ZIP-filen är byte för byte som den packades.")
    else:
        detail = "ZIP-filen är ompackad eller har tillägg som inte hör till paketet."
        report.failed("archive", "bundle.not_canonical", detail)
    logs = _logs(files)
    newest = logs[-1]
    for log in logs:
        report.passed(
            "checkpoint", f"{log.checkpoint.origin}: {log.checkpoint.size} poster, undertecknat av {log.key}."
        )
    check_key(report, vkey, [log.key for log in logs])
    manifest = _manifest(report, files, newest)
    report.authority = str(manifest.get("authority", ""))
    said: Json = [{"origin": log.checkpoint.origin, "size": log.checkpoint.size} for log in logs]
    if manifest.get("logs") != said:
        report.failed("manifest", "manifest.invalid", "Förteckningen räknar upp andra loggar än de som finns.")
    _check_files(report, files, manifest)
    for log in logs:
        _check_root(report, log)
    leaves = parse_leaves(report, [line for log in logs for line in log.lines], report.authority)
    check_ids(report, leaves)
    check_counters(report, leaves)
    _check_proofs(report, files, logs, leaves)
    opened = open_parts(report, leaves, _under(files, "parts/"))
    pins = check_pins(report, _under(files, "pins/"))
    rerun_rules(report, leaves, opened, pins)
    if earlier:
        _check_earlier(report, logs, earlier)
    report.records, report.decisions = len(leaves), len({leaf.decision for leaf in leaves})
    return report


def _under(files: Files, folder: str) -> Files:
    return {name: data for name, data in files.items() if name.startswith(folder)}


def _file(files: Files, name: str) -> bytes:
    if name not in files:
        raise Unreadable("files", "bundle.missing_file", f"Filen {name} saknas i paketet.")
    return files[name]


def _text(files: Files, name: str) -> str:
    try:
        return _file(files, name).decode()
    except UnicodeDecodeError as error:
        raise Unreadable("files", "files.changed", f"Filen {name} är inte text.") from error


def _logs(files: Files) -> list[Log]:
    """Every log, oldest first; the newest stands at the top of the ZIP."""
    folders = sorted({name[: name.rindex("/") + 1] for name in files if name.startswith("earlier/")})
    logs: list[Log] = []
    for folder in [*folders, ""]:
        try:
            key = VerifierKey.parse(_text(files, f"{folder}vkey"))
            checkpoint = Checkpoint.open(_text(files, f"{folder}checkpoint"), key)
        except BadNote as error:
            detail = f"Underskriften i {folder}checkpoint håller inte: {error}."
            raise Unreadable("checkpoint", "checkpoint.invalid", detail) from error
        lines = _file(files, f"{folder}leaves.jsonl").split(b"\n")
        if lines.pop() != b"":
            raise Unreadable("root", "root.mismatch", f"Filen {folder}leaves.jsonl är avhuggen.")
        logs.append(Log(checkpoint, key, lines))
    return logs


def _manifest(report: Report, files: Files, newest: Log) -> dict[str, Json]:
    raw = _file(files, MANIFEST)
    try:
        signed = newest.key.open(_text(files, MANIFEST_NOTE))
    except BadNote as error:
        raise Unreadable("manifest", "manifest.invalid", f"Förteckningens underskrift håller inte: {error}.") from error
    if signed != manifest_text(newest.checkpoint.origin, raw):
        raise Unreadable("manifest", "manifest.invalid", "Förteckningen är inte den som undertecknades.")
    try:
        manifest = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Unreadable("manifest", "manifest.invalid", "Förteckningen är inte JSON.") from error
    if not isinstance(manifest, dict) or manifest.get("kind") != KIND or not isinstance(manifest.get("files"), dict):
        raise Unreadable("manifest", "manifest.invalid", "Förteckningen har fel form.")
    report.passed("manifest", "Förteckningen är undertecknad med loggens nyckel.")
    return manifest


def _check_files(report: Report, files: Files, manifest: dict[str, Json]) -> None:
    listed = manifest["files"]
    assert isinstance(listed, dict)  # noqa: S101 -- checked where the manifest was read
    present = set(files) - {MANIFEST, MANIFEST_NOTE}
    errors = [f"Filen {name} saknas i paketet." for name in sorted(set(listed) - present)]
    errors += [f"Filen {name} finns inte i förteckningen." for name in sorted(present - set(listed))]
    errors += [
        f"Filen {name} har ändrats."
        for name in sorted(present & set(listed))
        if f"sha256:{hashlib.sha256(files[name]).hexdigest()}" != listed[name]
    ]
    report.settle("files", "files.changed", errors, f"{len(present)} filer är de som packades.")


def _check_root(report: Report, log: Log) -> None:
    checkpoint = log.checkpoint
    if len(log.lines) != checkpoint.size:
        detail = (
            f"{checkpoint.origin}: paketet har {len(log.lines)} poster, den undertecknade loggen {checkpoint.size}."
        )
        report.failed("root", "root.mismatch", detail)
    elif root_of(leaf_hash(line) for line in log.lines) != checkpoint.root:
        detail = f"{checkpoint.origin}: posterna ger en annan kontrollsumma än den undertecknade. Någon post är ändrad."
        report.failed("root", "root.mismatch", detail)
    else:
        report.passed(
            "root", f"{checkpoint.origin}: alla {checkpoint.size} poster ger den undertecknade kontrollsumman."
        )


def _check_proofs(report: Report, files: Files, logs: list[Log], leaves: list[Leaf]) -> None:
    """Each receipt holds, is of these logs, and leaves out no record of its decision."""
    used = {log.checkpoint.origin: (log.checkpoint, log.key) for log in logs}
    counts: dict[str, int] = {}
    for leaf in leaves:
        counts[leaf.decision] = counts.get(leaf.decision, 0) + 1
    known = {leaf.data: leaf for leaf in leaves}
    errors = []
    proofs = _under(files, "proofs/")
    for name, data in proofs.items():
        decision = name.removeprefix("proofs/").removesuffix(".json")
        try:
            shown = shown_by(data, known)
        except ValueError as error:
            errors.append(f"Kvittot {name} håller inte: {error}.")
            continue
        same_logs = all(used.get(origin) == log for origin, log in shown.logs.items())
        if not same_logs or shown.decision != decision or len(shown.leaves) != counts.get(decision):
            errors.append(f"Kvittot {name} stämmer inte med loggen i paketet.")
    errors += [f"Beslutet {decision} saknar kvitto." for decision in counts if f"proofs/{decision}.json" not in proofs]
    report.settle("inclusion", "receipt.invalid", errors, f"{len(proofs)} kvitton håller.")


def _check_earlier(report: Report, logs: list[Log], earlier: str) -> None:
    """The auditor's own checkpoint is a beginning of the log."""
    name, code = "earlier_checkpoint", "checkpoint.inconsistent"
    origin = earlier.partition("\n")[0]
    log = next((log for log in logs if log.checkpoint.origin == origin), None)
    if log is None:
        report.failed(name, code, "Din sparade kontrollpunkt gäller en annan logg.")
        return
    try:
        kept = Checkpoint.open(earlier, log.key)
    except BadNote as error:
        report.failed(name, code, f"Din sparade kontrollpunkt håller inte: {error}.")
        return
    if kept.size > len(log.lines):
        detail = f"Loggen har {len(log.lines)} poster men hade {kept.size} när du sparade kontrollpunkten."
        report.failed(name, code, detail)
    elif root_of(leaf_hash(line) for line in log.lines[: kept.size]) != kept.root:
        report.failed(name, code, f"Någon av de första {kept.size} posterna har ändrats sedan din kontrollpunkt.")
    else:
        report.passed(name, f"De första {kept.size} posterna är oförändrade sedan din kontrollpunkt.")
