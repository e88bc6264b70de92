"""What a check of a bundle, a receipt or a certificate found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from allmanning.runtime.record import Json

Status: TypeAlias = Literal["ok", "failed", "unchecked", "untried"]

EXIT_OK: Final = 0
EXIT_WRONG: Final = 1
EXIT_UNCHECKED: Final = 2


@dataclass(frozen=True)
class Check:
    """One thing that was checked. `detail` is Swedish; `code` is a stable name of what was not right, empty when ok.

    `unchecked` means that the file does not hold what the check needs: nothing was found wrong, and nothing proved.
    `untried` means that nobody asked for it, as nothing says what should hold.
    """

    name: str
    status: Status
    detail: str
    code: str = ""

    @property
    def ok(self) -> bool:
        return self.status in ("ok", "untried")


@dataclass(frozen=True)
class Erasure:
    """Content that was erased, as the record of it says: what, on which ground, decided when, and how many parts.

    `horizon` is when the last backup that may still hold it is gone.
    """

    what: str
    ground: str
    decided_on: str
    horizon: str
    parts: int = 0

    def as_dict(self) -> dict[str, Json]:
        return {
            "what": self.what,
            "ground": self.ground,
            "decided_on": self.decided_on,
            "horizon": self.horizon,
            "parts": self.parts,
        }


@dataclass
class Report:
    """Everything that was checked. `kind` is "bundle", "receipt", "certificate" or "unknown"."""

    kind: str
    authority: str = ""
    records: int = 0
    decisions: int = 0
    checks: list[Check] = field(default_factory=list)
    erasures: list[Erasure] = field(default_factory=list)
    # What was counted, by name: questions, ended, …
    counts: dict[str, int] = field(default_factory=dict)
    # The first and last number of each producer's records.
    producers: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether something was checked, nothing failed and nothing was left unchecked."""
        return bool(self.checks) and all(check.ok for check in self.checks)

    @property
    def exit_code(self) -> int:
        """0: all holds. 1: something is wrong. 2: nothing is wrong, but something could not be checked."""
        if any(check.status == "failed" for check in self.checks):
            return EXIT_WRONG
        return EXIT_OK if self.ok else EXIT_UNCHECKED

    def as_dict(self) -> dict[str, Json]:
        """The report as JSON."""
        return {
            "ok": self.ok,
            "exit_code": self.exit_code,
            "kind": self.kind,
            "authority": self.authority,
            "records": self.records,
            "decisions": self.decisions,
            "counts": dict(self.counts),
            "checks": [
                {"name": each.name, "ok": each.ok, "status": each.status, "detail": each.detail, "code": each.code}
                for each in self.checks
            ],
            "erasures": [each.as_dict() for each in self.erasures],
        }

    def passed(self, name: str, detail: str) -> None:
        self.checks.append(Check(name, "ok", detail))

    def failed(self, name: str, code: str, detail: str) -> None:
        self.checks.append(Check(name, "failed", detail, code))

    def unchecked(self, name: str, code: str, detail: str) -> None:
        self.checks.append(Check(name, "unchecked", detail, code))

    def untried(self, name: str, detail: str) -> None:
        self.checks.append(Check(name, "untried", detail))

    def settle(self, name: str, code: str, errors: Sequence[str], detail: str) -> None:
        """Pass with `detail`, or fail with the first of `errors` and how many more there are."""
        if errors:
            more = f" (och {len(errors) - 1} till)" if len(errors) > 1 else ""
            self.failed(name, code, f"{errors[0]}{more}")
        else:
            self.passed(name, detail)


class Unreadable(Exception):
    """The file can't be checked any further; carries a stable code and a Swedish sentence.

    `foreign` says that it is nothing of ours, rather than something of ours that is broken.
    """

    def __init__(self, name: str, code: str, detail: str, foreign: bool = False) -> None:
        super().__init__(name, code, detail, foreign)
        self.name = name
        self.code = code
        self.detail = detail
        self.foreign = foreign
