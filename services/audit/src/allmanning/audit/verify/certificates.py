"""Check a certificate: signed by the log, tied to its checkpoint, and, beside a bundle, counted right."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.json_form import list_in, text_in
from allmanning.audit.log.note import BadNote, VerifierKey, from_base64
from allmanning.audit.log.tree import HASH_BYTES, verify_consistency
from allmanning.audit.verify.given import Given, check_key
from allmanning.audit.verify.report import Report, Unreadable
from allmanning.audit.verify.witnesses import check_witnesses
from allmanning.runtime.record import Json, canonical, digest

KIND: Final = "allmanning.certificate/v1"
CHECK: Final = "certificate"


@dataclass(frozen=True)
class CertifiedLog:
    """A log's records [start, end) and their roots at both ends, under a checkpoint whose signature holds."""

    note: str
    key: VerifierKey
    checkpoint: Checkpoint
    start: int
    start_root: bytes
    end: int
    end_root: bytes
    between: list[bytes]
    after: list[bytes]
    # What witnesses cosigned, when there is an earlier checkpoint, and its proof.
    witnessed: str = ""
    since: tuple[bytes, ...] = ()

    def holds(self) -> bool:
        """Whether start, end, what witnesses saw and the checkpoint are states of the same log."""
        if self.witnessed:
            then = Checkpoint.open(self.witnessed, self.key)
            if not verify_consistency(then.size, self.checkpoint.size, then.root, self.checkpoint.root, self.since):
                return False
        joined = not self.start or verify_consistency(
            self.start, self.end, self.start_root, self.end_root, self.between
        )
        root = self.checkpoint.root
        return joined and verify_consistency(self.end, self.checkpoint.size, self.end_root, root, self.after)


@dataclass(frozen=True)
class Certificate:
    """A certificate that is signed by the newest of its logs."""

    told: Mapping[str, Json]
    logs: list[CertifiedLog]

    @classmethod
    def parse(cls, data: bytes) -> Certificate:
        """Read and check the signatures.

        Raises:
            Unreadable: `certificate.invalid`.
        """
        try:
            whole = _object(json.loads(data))
            told = _object(whole.get("certificate"))
            logs = [_log(_object(each)) for each in list_in(told.get("logs"))]
            newest = logs[-1].key
            signed = newest.open(text_in(whole.get("note")))
            wanted = f"{KIND}\n{newest.name}\n{digest(canonical(told))}\n"
        except BadNote as error:
            raise Unreadable(CHECK, "certificate.invalid", f"Intygets underskrift håller inte: {error}.") from error
        except (ValueError, RecursionError, IndexError) as error:
            raise Unreadable(CHECK, "certificate.invalid", f"Intyget går inte att läsa: {error}.") from error
        if signed != wanted or told.get("kind") != KIND:
            raise Unreadable(CHECK, "certificate.invalid", "Intyget är inte det som undertecknades.")
        return cls(told, logs)

    def counts(self) -> Mapping[str, Json]:
        counts = self.told.get("counts")
        return counts if isinstance(counts, dict) else {}


def is_certificate(data: bytes) -> bool:
    """Whether this claims to be a certificate rather than a receipt."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and "certificate" in value


def check_certificate(report: Report, data: bytes, given: Given) -> None:
    """Check a certificate on its own.

    Raises:
        Unreadable: `certificate.invalid`.
    """
    report.kind = "certificate"
    certificate = Certificate.parse(data)
    told = certificate.told
    report.authority = str(told.get("authority", ""))
    counts = certificate.counts()
    report.counts = {name: each for name, each in counts.items() if isinstance(each, int)}
    report.records, report.decisions = report.counts.get("records", 0), report.counts.get("decisions", 0)
    for log in certificate.logs:
        report.passed("checkpoint", f"{log.key.name}: {log.checkpoint.size} poster, undertecknat av {log.key}.")
    check_key(report, given.key, [log.key for log in certificate.logs])
    policy = told.get("policy")
    own = policy.encode() if isinstance(policy, str) else b""
    notes = [(log.witnessed or log.note, log.key) for log in certificate.logs]
    check_witnesses(report, notes, given.policy or own)
    wrong = [
        f"{log.key.name}: början och slut hör inte till samma logg." for log in certificate.logs if not log.holds()
    ]
    spans = "; ".join(f"{log.key.name}: posterna {log.start}–{log.end}" for log in certificate.logs)
    report.settle("consistency", "certificate.inconsistent", wrong, f"{spans} ligger i den undertecknade loggen.")
    _say_findings(report, told)
    if given.checkpoint:
        _compare(report, certificate, given)


def _say_findings(report: Report, told: Mapping[str, Json]) -> None:
    """What the authority itself found, when it made the certificate."""
    checks = told.get("checks")
    found = [each for each in checks if isinstance(each, dict)] if isinstance(checks, list) else []
    wrong = [
        f"{each.get('name')}: {each.get('detail')}" for each in found if each.get("status") not in ("ok", "untried")
    ]
    if not found:
        wrong.append("inga kontroller redovisas")
    stream = told.get("stream")
    if not isinstance(stream, dict) or stream.get("waiting") != 0:
        wrong.append("strömmen av poster hade luckor när intyget gjordes")
    period = f"{told.get('from') or 'loggens början'} till {told.get('to') or 'nu'}"
    report.settle(
        CHECK,
        "certificate.findings",
        [f"Intyget redovisar fel: {each}." for each in wrong],
        f"Intyget för {period} är undertecknat och redovisar inga fel. Ett utdrag för perioden ger siffrorna igen.",
    )


def check_against(report: Report, certificate: Certificate, spans: set[tuple[str, int, int]]) -> None:
    """Whether the bundle of this report gives a certificate's figures. `spans` are its logs' first and last index."""
    certified = {(log.key.name, log.start, log.end) for log in certificate.logs}
    wrong = [] if certified == spans else ["Utdraget omfattar andra poster än intyget."]
    wrong += [
        f"Intyget säger {name} {told}, utdraget ger {report.counts.get(name, 0)}."
        for name, told in certificate.counts().items()
        if certified == spans and told != report.counts.get(name, 0)
    ]
    report.settle(CHECK, "certificate.miscounted", wrong, "Utdraget ger samma siffror som intyget.")


def _compare(report: Report, certificate: Certificate, given: Given) -> None:
    name = "earlier_checkpoint"
    log = next((log for log in certificate.logs if log.key.name == given.origin), None)
    kept = given.kept(given.origin, log.key) if log else None
    if log is None:
        report.unchecked(name, "checkpoint.incomparable", "Din sparade kontrollpunkt gäller en annan logg.")
        return
    if kept is None:
        report.failed(name, "checkpoint.inconsistent", "Din sparade kontrollpunkt är inte undertecknad av loggen.")
        return
    roots = {
        log.start: log.start_root,
        log.end: log.end_root,
        log.checkpoint.size: log.checkpoint.root,
    }
    if kept.size not in roots:
        report.unchecked(name, "checkpoint.incomparable", "Intyget säger inget om loggen vid din kontrollpunkt.")
    elif roots[kept.size] == kept.root:
        report.passed(name, "Din sparade kontrollpunkt är ett läge i samma logg.")
    else:
        report.failed(name, "checkpoint.inconsistent", "Loggen är inte densamma som i din sparade kontrollpunkt.")


def _log(told: Mapping[str, Json]) -> CertifiedLog:
    key = VerifierKey.parse(text_in(told.get("vkey")))
    note = text_in(told.get("checkpoint"))
    start, end = _object(told.get("start")), _object(told.get("end"))
    return CertifiedLog(
        note,
        key,
        Checkpoint.open(note, key),
        _size(start.get("size")),
        _hash(start.get("root")),
        _size(end.get("size")),
        _hash(end.get("root")),
        [_hash(each) for each in list_in(told.get("between"))],
        [_hash(each) for each in list_in(told.get("after"))],
        _note(told.get("witnessed"), key),
        tuple(_hash(each) for each in list_in(told.get("since"))),
    )


def _note(value: Json, key: VerifierKey) -> str:
    note = text_in(value)
    if note:
        Checkpoint.open(note, key)
    return note


def _object(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise ValueError("ett fält har fel form")  # noqa: TRY004 -- all of a certificate's faults are one kind
    return value


def _size(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("en storlek är inte ett tal")
    return value


def _hash(value: Json) -> bytes:
    raw = from_base64(text_in(value))
    if len(raw) != HASH_BYTES:
        raise ValueError("en kontrollsumma har fel längd")
    return raw
