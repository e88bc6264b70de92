"""What a check of a bundle or a receipt found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from allmanning.runtime.record import Json


@dataclass(frozen=True)
class Check:
    """One thing that was checked. `detail` is Swedish; `code` is a stable name of what was wrong, empty when `ok`."""

    name: str
    ok: bool
    detail: str
    code: str = ""


@dataclass
class Report:
    """Everything that was checked. `kind` is "bundle", "receipt" or "unknown"."""

    kind: str
    authority: str = ""
    records: int = 0
    decisions: int = 0
    checks: list[Check] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether something was checked and nothing failed."""
        return bool(self.checks) and all(check.ok for check in self.checks)

    def as_dict(self) -> dict[str, Json]:
        """The report as JSON."""
        return {
            "ok": self.ok,
            "kind": self.kind,
            "authority": self.authority,
            "records": self.records,
            "decisions": self.decisions,
            "checks": [
                {"name": each.name, "ok": each.ok, "detail": each.detail, "code": each.code} for each in self.checks
            ],
        }

    def passed(self, name: str, detail: str) -> None:
        self.checks.append(Check(name, True, detail))

    def failed(self, name: str, code: str, detail: str) -> None:
        self.checks.append(Check(name, False, detail, code))

    def settle(self, name: str, code: str, errors: Sequence[str], detail: str) -> None:
        """Pass with `detail`, or fail with the first of `errors` and how many more there are."""
        if errors:
            more = f" (och {len(errors) - 1} till)" if len(errors) > 1 else ""
            self.failed(name, code, f"{errors[0]}{more}")
        else:
            self.passed(name, detail)


class Unreadable(Exception):
    """The file can't be checked at all; carries a stable code and a Swedish sentence."""

    def __init__(self, name: str, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.name = name
        self.code = code
        self.detail = detail
