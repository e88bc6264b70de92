"""Check a bundle or a receipt: offline, without a node, without trust in whoever made it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from allmanning.audit.log.note import BadNote, VerifierKey
from allmanning.audit.verify.bundles import check_bundle
from allmanning.audit.verify.receipts import check_receipt
from allmanning.audit.verify.report import Check, Report, Unreadable

__all__ = ["Check", "Report", "verify", "verify_file"]

MAX_FILE_BYTES: Final = 4 << 30


def verify(data: bytes, *, vkey: str = "", checkpoint: str = "") -> Report:
    """Check a bundle's ZIP or a receipt's JSON. Never raises: what can't be read is a failed check with a code.

    `vkey` is the public key that the auditor has from elsewhere; `checkpoint` the text of one that the auditor kept.
    """
    try:
        return _checked(data, _key(vkey), checkpoint)
    except Unreadable as error:
        report = Report("unknown")
        report.failed(error.name, error.code, error.detail)
        return report
    except RecursionError:
        report = Report("unknown")
        report.failed("archive", "verify.unreadable", "Filen är nästlad djupare än något paket eller kvitto.")
        return report


def _key(vkey: str) -> VerifierKey | None:
    try:
        return VerifierKey.parse(vkey) if vkey.strip() else None
    except BadNote as error:
        raise Unreadable("vkey", "vkey.invalid", f"Nyckeln du angav går inte att läsa: {error}.") from error


def _checked(data: bytes, key: VerifierKey | None, checkpoint: str) -> Report:
    if data.startswith(b"PK"):
        return check_bundle(data, key, checkpoint)
    if data.lstrip()[:1] == b"{":
        return check_receipt(data, key, checkpoint)
    raise Unreadable("archive", "verify.unknown_format", "Filen är varken ett paket (ZIP) eller ett kvitto (JSON).")


def verify_file(path: Path, *, vkey: str = "", checkpoint: str = "") -> Report:
    """Check a file; as `verify`."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            report = Report("unknown")
            report.failed("archive", "bundle.too_large", "Filen är större än 4 GB.")
            return report
        data = path.read_bytes()
    except OSError as error:
        report = Report("unknown")
        report.failed("archive", "verify.unreadable", f"Filen går inte att läsa: {error.strerror}.")
        return report
    return verify(data, vkey=vkey, checkpoint=checkpoint)
