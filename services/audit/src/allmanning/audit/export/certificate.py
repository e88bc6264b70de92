"""A certificate of completeness: what the log holds for a period, counted and signed, on one page.

    {"certificate": {"kind": "allmanning.certificate/v1", "authority", "from", "to", "made",
                     "policy", "logs": [{"vkey", "checkpoint", "witnessed", "start": {"size", "root"},
                               "end": {"size", "root"}, "between": [base64], "after": [base64], "since": [base64]}],
                     "stream": {"taken_in", "waiting"}, "counts", "producers": {name: [first, last]},
                     "checks": [{"name", "status", "detail"}], "erasures": […], "not_shown"},
     "note": signed note of the certificate's SHA-256}

The period's records are those between `start` and `end` of each log. `between` is the consistency proof from one to the
other, `after` that from the end to the checkpoint, and `since` that from `witnessed`, the newest checkpoint that enough
witnesses have cosigned, if there is one (else empty), to the checkpoint. What is counted comes from the same check
that an auditor runs on a bundle of the period, so that a bundle gives the same figures again.
"""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from allmanning.audit.export.bundle import Chosen, pack, range_of
from allmanning.audit.export.manifest import Scope
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.reading import LogState, Reading
from allmanning.audit.log.tree import Tree
from allmanning.audit.publication.source import Witnessed, witnessed_of
from allmanning.audit.verify import verify_file
from allmanning.audit.verify.report import Report
from allmanning.audit.verify.words import NOT_SHOWN
from allmanning.runtime.record import Json, canonical, digest

KIND: Final = "allmanning.certificate/v1"
# What two counts of the same period must agree on; the others depend on which content is opened.
COUNTED: Final = (
    "records", "decisions", "questions", "questions_ended", "questions_open", "ended_unasked", "drafts", "releases",
    "released_undrafted", "held", "reviewed", "evaluations", "corrections",
    "measured_questions", "measured_releases", "measured_held",
)  # fmt: skip


class StreamState(NamedTuple):
    """How far the stream of leaves is taken in, by message number, and how many messages wait for an earlier one."""

    taken_in: int
    waiting: int


def certificate_text(origin: str, certificate: bytes) -> str:
    """What is signed of a certificate. Its first line is no log's name, so it is no checkpoint."""
    return f"{KIND}\n{origin}\n{digest(certificate)}\n"


def certify(reading: Reading, keys: Keys, scope: Scope, stream: StreamState, made: str, policy: bytes = b"") -> bytes:
    """A signed certificate over the records of a period (or all), as canonical JSON.

    `policy` says whose witnesses must have signed; empty when there are none.

    Raises:
        NotFound: `log.empty`, when there are no signed records in the period.
    """
    report = _checked(reading, keys, Chosen(scope, frozenset(), policy))
    ranges = [(log, *range_of(reading, log, scope)) for log in reading.logs() if log.signed]
    ranges = [(log, start, end) for log, start, end in ranges if start < end]
    certificate: dict[str, Json] = {
        "kind": KIND,
        "authority": reading.authority,
        "from": scope.start,
        "to": scope.end,
        "made": made,
        "policy": policy.decode(),
        "logs": [
            _log(log, reading.tree(log), keys, start, end, witnessed_of(reading.connection, log.origin))
            for log, start, end in ranges
        ],
        "stream": stream._asdict(),
        "counts": {name: report.counts.get(name, 0) for name in COUNTED},
        "producers": {name: list[Json](span) for name, span in report.producers.items()},
        "checks": [{"name": each.name, "status": each.status, "detail": each.detail} for each in report.checks],
        "erasures": [each.as_dict() for each in report.erasures],
        "not_shown": NOT_SHOWN,
    }
    newest = ranges[-1][0]
    note = keys.of(newest.origin).sign(certificate_text(newest.origin, canonical(certificate)))
    return canonical({"certificate": certificate, "note": note})


def _checked(reading: Reading, keys: Keys, chosen: Chosen) -> Report:
    """What an auditor's own check of the period says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "period.zip"
        with path.open("wb") as sink:
            pack(reading, keys, chosen, sink)
        return verify_file(path)


def _log(log: LogState, tree: Tree, keys: Keys, start: int, end: int, witnessed: Witnessed) -> Json:
    since = tree.consistency(witnessed.size, log.signed) if witnessed.note else []
    return {
        "vkey": str(keys.of(log.origin).verifier),
        "checkpoint": log.note,
        "witnessed": witnessed.note,
        "since": [base64.b64encode(each).decode() for each in since],
        "start": _at(tree, start),
        "end": _at(tree, end),
        "between": [base64.b64encode(each).decode() for each in tree.consistency(start, end)],
        "after": [base64.b64encode(each).decode() for each in tree.consistency(end, log.signed)],
    }


def _at(tree: Tree, size: int) -> Json:
    return {"size": size, "root": base64.b64encode(tree.root(size)).decode()}
