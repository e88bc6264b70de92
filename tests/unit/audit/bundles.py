"""Make bundles, and make them wrong."""

import hashlib
import io
import json
import zipfile

from allmanning.audit.export.bundle import MANIFEST, MANIFEST_NOTE, manifest_text, pack
from allmanning.audit.export.zipped import zipped
from allmanning.audit.log.note import SigningKey
from allmanning.audit.verify import verify
from allmanning.runtime.record import canonical
from tests.unit.audit.producer import AUTHORITY

ORIGIN = "audit.exempelby.allmanning/2026h2"


def packed(store, *, with_content: bool = True) -> bytes:
    with store.reading(AUTHORITY) as log:
        return pack(log, store.keys, with_content=with_content).data


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def deflated(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def resigned(files: dict[str, bytes], key: SigningKey) -> bytes:
    """What an operator who holds the key can do: make the manifest fit whatever is there."""
    manifest = json.loads(files[MANIFEST])
    manifest["files"] = {
        name: f"sha256:{hashlib.sha256(data).hexdigest()}"
        for name, data in files.items()
        if name not in (MANIFEST, MANIFEST_NOTE)
    }
    raw = canonical(manifest)
    return zipped(files | {MANIFEST: raw, MANIFEST_NOTE: key.sign(manifest_text(key.name, raw)).encode()})


def failures(data: bytes, **options: str) -> set[str]:
    report = verify(data, **options)
    assert report.ok == all(check.ok for check in report.checks)
    assert all(check.detail and bool(check.code) != check.ok for check in report.checks)
    return {check.code for check in report.checks if not check.ok}
