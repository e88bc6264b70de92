"""Make bundles, and make them wrong."""

import hashlib
import io
import json
import zipfile

from allmanning.audit.export.bundle import Chosen, pack
from allmanning.audit.export.layout import MANIFEST, MANIFEST_NOTE, manifest_text
from allmanning.audit.export.zipped import zipped
from allmanning.audit.log.note import SigningKey
from allmanning.audit.verify import verify
from allmanning.runtime.record import canonical
from tests.unit.audit.producer import AUTHORITY

EVERYTHING = Chosen()
ORIGIN = "audit.exempelby.allmanning/2026h2"


def packed(store, chosen: Chosen = EVERYTHING, authority: str = AUTHORITY) -> bytes:
    sink = io.BytesIO()
    with store.reading(authority) as log:
        made = pack(log, store.keys, chosen, sink)
    assert made.size_bytes == len(sink.getvalue())
    return sink.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def deflated(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def resigned(files: dict[str, bytes], key: SigningKey, ends: dict[str, dict] | None = None) -> bytes:
    """What an operator who holds the key can do: make the manifest fit whatever is there."""
    manifest = json.loads(files[MANIFEST])
    files = {name: data for name, data in files.items() if name not in (MANIFEST, MANIFEST_NOTE)}
    manifest["files"] = {name: f"sha256:{hashlib.sha256(data).hexdigest()}" for name, data in files.items()}
    manifest["logs"] = [log | (ends or {}).get(log["period"], {}) for log in manifest["logs"]]
    raw = canonical(manifest)
    return zipped(files | {MANIFEST: raw, MANIFEST_NOTE: key.sign(manifest_text(key.name, raw)).encode()})


def failures(data: bytes, **options: str) -> set[str]:
    report = verify(data, **options)
    assert report.ok == all(check.ok for check in report.checks)
    assert all(check.detail and bool(check.code) != check.ok for check in report.checks)
    assert (report.exit_code == 1) == any(check.status == "failed" for check in report.checks)
    return {check.code for check in report.checks if not check.ok}


def first(files: dict[str, bytes], start: str) -> str:
    """The name of the first file that begins so."""
    return next(name for name in files if name.startswith(start))
