"""Whether enough witnesses have seen the checkpoints, by a policy (C2SP tlog-policy)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from allmanning.audit.log.note import BadNote, VerifierKey
from allmanning.audit.log.policy import BadPolicy, Policy
from allmanning.audit.verify.report import Report

CHECK = "witnesses"


def check_witnesses(report: Report, notes: Sequence[tuple[str, VerifierKey]], policy: bytes | None) -> None:
    """Check each checkpoint's cosignatures; the log's own signature was checked before, with the key beside it."""
    if not policy:
        told = "Ingen policy – inte prövat: att loggen inte har förgrenats vilar på att du sparar kontrollpunkten."
        report.untried(CHECK, told)
        return
    try:
        read = Policy.parse(policy)
    except BadPolicy as error:
        report.failed(CHECK, "policy.invalid", f"Vittnespolicyn går inte att läsa. {error}")
        return
    for note, key in notes:
        try:
            judged = read.judge(note, [key])
        except BadNote as error:
            report.failed(CHECK, "witnesses.invalid", f"{key.name}: en medunderskrift håller inte: {error}.")
            continue
        seen = ", ".join(f"{name} {_day(at)}" for name, at in sorted(judged.witnesses.items())) or "inga"
        if judged.quorum:
            size = judged.checkpoint.size
            told = f"{key.name}: tillräckligt många vittnen har skrivit under de första {size} posterna ({seen})."
            report.passed(CHECK, told)
        else:
            told = f"{key.name}: för få vittnen har skrivit under enligt policyn ({seen})."
            report.failed(CHECK, "witnesses.quorum", told)


def _day(timestamp: int) -> str:
    try:
        return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d %H:%M}"
    except (OverflowError, ValueError, OSError):
        return "vid en tid som inte går att läsa"
