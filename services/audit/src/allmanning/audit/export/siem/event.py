"""What people did with the log and the rules, as one kind of event whatever format it leaves in.

Made of leaves, so nothing in it is personal: who it was is in a part, and what shows is role and unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.refusal import SigningRefused
from allmanning.runtime.record import digest


class Act(Enum):
    """What somebody did."""

    READ = "read"
    EXPORT = "export"
    CONFIGURE = "configure"
    REVIEW = "review"
    ERASE = "erase"
    SIGN = "sign"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    ACCOUNT = "account"


class Severity(Enum):
    """How much a watcher should care; the values are CEF's (0-10)."""

    INFORMATIONAL = 2
    LOW = 4
    MEDIUM = 6
    HIGH = 8
    CRITICAL = 10


# By the beginning of a record's kind; the first that fits. A review that opens is the machine's doing, not a person's.
_FAMILIES: Final = (
    ("signin.succeeded", Act.SIGN_IN, Severity.INFORMATIONAL),
    ("signin.confirmed", Act.SIGN_IN, Severity.INFORMATIONAL),
    ("signin.new_device", Act.SIGN_IN, Severity.LOW),
    ("signin.failed", Act.SIGN_IN, Severity.MEDIUM),
    ("signin.ended", Act.SIGN_OUT, Severity.INFORMATIONAL),
    ("account.", Act.ACCOUNT, Severity.MEDIUM),
    ("key.", Act.ACCOUNT, Severity.MEDIUM),
    ("access.", Act.READ, Severity.LOW),
    ("inspection.", Act.READ, Severity.LOW),
    ("sample.", Act.READ, Severity.INFORMATIONAL),
    ("control.", Act.READ, Severity.INFORMATIONAL),
    ("oversight.", Act.READ, Severity.MEDIUM),
    ("export.", Act.EXPORT, Severity.MEDIUM),
    ("disclosure.", Act.EXPORT, Severity.MEDIUM),
    ("register.published", Act.EXPORT, Severity.INFORMATIONAL),
    ("use.outside_band", Act.CONFIGURE, Severity.HIGH),
    ("halted", Act.CONFIGURE, Severity.HIGH),
    ("resumed", Act.CONFIGURE, Severity.HIGH),
    ("log.", Act.CONFIGURE, Severity.MEDIUM),
    # A witness has signed another log than this one.
    ("witness.", Act.SIGN, Severity.CRITICAL),
    ("config.", Act.CONFIGURE, Severity.MEDIUM),
    ("rules.", Act.CONFIGURE, Severity.MEDIUM),
    ("deployment.", Act.CONFIGURE, Severity.MEDIUM),
    ("recall.", Act.CONFIGURE, Severity.MEDIUM),
    ("register.", Act.CONFIGURE, Severity.INFORMATIONAL),
    ("use.", Act.CONFIGURE, Severity.INFORMATIONAL),
    ("review.opened", None, Severity.INFORMATIONAL),
    ("review.", Act.REVIEW, Severity.INFORMATIONAL),
    ("erasure.", Act.ERASE, Severity.HIGH),
    ("erased", Act.ERASE, Severity.HIGH),
    ("hold.", Act.ERASE, Severity.MEDIUM),
    ("retention.", Act.ERASE, Severity.MEDIUM),
)
TITLES: Final = {
    Act.READ: "Content of the decision log read",
    Act.EXPORT: "Decision log or register handed out",
    Act.CONFIGURE: "Rules, configuration or use changed",
    Act.REVIEW: "Answer reviewed by a person",
    Act.ERASE: "Content erased, or kept from erasure",
    Act.SIGN: "Signature on the decision log refused or contradicted",
    Act.SIGN_IN: "Somebody signed in, or failed to",
    Act.SIGN_OUT: "Somebody signed out",
    Act.ACCOUNT: "An account or a key was made, changed or ended",
}
KINDS: Final = tuple(family for family, act, _ in _FAMILIES if act is not None)


@dataclass(frozen=True)
class SiemEvent:
    """One event. `place` counts the authority's records from 1; 0 for what is no record."""

    id: str
    time: str
    authority: str
    kind: str
    act: Act
    severity: Severity
    service: str
    decision: str = ""
    role: str = ""
    unit: str = ""
    place: int = 0
    failed: bool = False
    reason: str = ""

    @property
    def title(self) -> str:
        return TITLES[self.act]


def event_of(leaf: Leaf, place: int) -> SiemEvent | None:
    """The event that a record tells of; None when it is none for a watcher, such as an answer."""
    kind = leaf.kind()
    for family, act, severity in _FAMILIES:
        if kind == family or (family.endswith(".") and kind.startswith(family)):
            if act is None:
                return None
            return SiemEvent(
                id=leaf.id,
                time=leaf.time,
                authority=leaf.authority,
                kind=kind,
                act=act,
                severity=severity,
                service=leaf.source.producer.partition("-")[0],
                decision=leaf.decision,
                role=leaf.text("role") or leaf.text("review", "role"),
                unit=leaf.text("unit") or leaf.text("review", "unit"),
                place=place,
                failed=act is Act.SIGN or kind == "signin.failed",
                reason=leaf.text("reason") if act is Act.SIGN_IN else "",
            )
    return None


def refusal_of(origin: str, authority: str, refusal: SigningRefused, time: str) -> SiemEvent:
    """A log that is not signed now. It is no record: what the log can't vouch for can't be told by the log.

    Its id is that of log and reason, so that a watcher who hears of it again knows that it is the same.
    """
    return SiemEvent(
        id=digest(f"{origin}\n{refusal.code}".encode())[-36:],
        time=time,
        authority=authority,
        kind="signing.refused",
        act=Act.SIGN,
        severity=Severity.CRITICAL,
        service="audit",
        failed=True,
        reason=refusal.code,
    )
