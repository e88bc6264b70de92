"""What was found wrong, by check: the first of it in words, and how much more there is."""

from __future__ import annotations

from dataclasses import dataclass, field

from allmanning.audit.verify.report import Report


@dataclass
class Problems:
    """Counts and first messages, Swedish, by the name of a check."""

    first: dict[str, str] = field(default_factory=dict)
    count: dict[str, int] = field(default_factory=dict)

    def add(self, check: str, message: str, count: int = 1) -> None:
        self.first.setdefault(check, message)
        self.count[check] = self.count.get(check, 0) + count

    def merge(self, other: Problems) -> None:
        for check, message in other.first.items():
            self.add(check, message, other.count[check])

    def settle(self, report: Report, check: str, code: str, detail: str) -> None:
        """Let a check pass with `detail`, or fail with what was found."""
        message = self.first.get(check)
        if message is None:
            report.passed(check, detail)
            return
        more = self.count[check] - 1
        report.failed(check, code, f"{message} (och {more} till)" if more else message)
