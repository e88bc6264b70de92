"""Check a bundle, a receipt or a certificate: offline, without a node, without trust in whoever made it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from allmanning.audit.log.note import BadNote, VerifierKey
from allmanning.audit.verify.archive import Source
from allmanning.audit.verify.bundles import check_bundle
from allmanning.audit.verify.certificates import check_certificate, is_certificate
from allmanning.audit.verify.given import Given
from allmanning.audit.verify.receipts import check_receipt
from allmanning.audit.verify.report import Check, Report, Unreadable

__all__ = ["Check", "Report", "verify", "verify_file"]

MAX_DOCUMENT_BYTES: Final = 64 << 20


def verify(data: bytes, *, vkey: str = "", checkpoint: str = "", policy: str = "", certificate: bytes = b"") -> Report:
    """Check a bundle's ZIP or a receipt's JSON in memory; as `verify_file`."""
    return _report(data, vkey, checkpoint, policy, certificate)


def verify_file(
    path: Path, *, vkey: str = "", checkpoint: str = "", policy: str = "", certificate: bytes = b""
) -> Report:
    """Check a file. Never raises: what can't be read is a check with a code.

    `vkey` is the public key that the auditor has from elsewhere; `checkpoint` the text of one that the auditor kept;
    `policy` a C2SP tlog-policy of the witnesses that the auditor trusts, in place of the file's own; `certificate` one
    of completeness whose figures a bundle should give again.
    """
    return _report(path, vkey, checkpoint, policy, certificate)


def _report(source: Source, vkey: str, checkpoint: str, policy: str, certificate: bytes) -> Report:
    report = Report("unknown")
    try:
        _check(report, source, Given(_key(vkey), checkpoint, policy.encode(), certificate))
    except Unreadable as error:
        say = report.unchecked if error.foreign else report.failed
        say(error.name, error.code, error.detail)
    except RecursionError:
        report.failed("archive", "verify.unreadable", "Filen är nästlad djupare än något paket eller kvitto.")
    except OSError as error:
        report.unchecked("archive", "verify.unreadable", f"Filen går inte att läsa: {error.strerror}.")
    return report


def _key(vkey: str) -> VerifierKey | None:
    try:
        return VerifierKey.parse(vkey) if vkey.strip() else None
    except BadNote as error:
        raise Unreadable("vkey", "vkey.invalid", f"Nyckeln du angav går inte att läsa: {error}.", True) from error


def _check(report: Report, source: Source, given: Given) -> None:
    start = source[:64] if isinstance(source, bytes) else _start(source)
    if start.startswith(b"PK"):
        check_bundle(report, source, given)
        return
    if start.lstrip()[:1] != b"{":
        told = "Filen är varken ett paket (ZIP), ett kvitto eller ett intyg (JSON)."
        raise Unreadable("archive", "verify.unknown_format", told, True)
    data = source if isinstance(source, bytes) else source.read_bytes()
    if len(data) > MAX_DOCUMENT_BYTES:
        raise Unreadable("archive", "verify.too_large", "Filen är större än något kvitto eller intyg.", True)
    if is_certificate(data):
        check_certificate(report, data, given)
    else:
        check_receipt(report, data, given)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(64)
