"""What the auditor brings: the log's key, a checkpoint kept from last time, a policy of trusted witnesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import BadNote, VerifierKey
from allmanning.audit.verify.report import Report


@dataclass(frozen=True)
class Given:
    """Empty where the auditor brought nothing. `checkpoint` is the text of a note, `policy` a C2SP tlog-policy.

    `certificate` is one of completeness, to be counted again.
    """

    key: VerifierKey | None = None
    checkpoint: str = ""
    policy: bytes = b""
    certificate: bytes = b""

    @property
    def origin(self) -> str:
        """The log that the kept checkpoint is of."""
        return self.checkpoint.partition("\n")[0]

    def kept(self, origin: str, key: VerifierKey) -> Checkpoint | None:
        """The kept checkpoint when it is of this log and signed by its key."""
        try:
            return Checkpoint.open(self.checkpoint, key) if origin == self.origin else None
        except BadNote:
            return None


def check_key(report: Report, vkey: VerifierKey | None, used: Sequence[VerifierKey]) -> None:
    """The auditor's own key, when given, is among those that signed."""
    if vkey is None:
        report.passed("vkey", "Nyckeln kommer ur filen själv. Jämför den med den som myndigheten har publicerat.")
    elif vkey in used:
        report.passed("vkey", "Underskriften är gjord med den nyckel du angav.")
    else:
        report.failed("vkey", "vkey.mismatch", "Loggen är undertecknad med en annan nyckel än den du angav.")
