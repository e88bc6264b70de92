"""What the audit service reports, as pages read it: JSON of which nothing is taken for granted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from protobuf import Message

from allmanning.gateway.asker import Asker
from allmanning.gateway.inspecting import inspect
from allmanning.gateway.parts import Parts
from allmanning.runtime.record import Json

Report: TypeAlias = Mapping[str, Json]


async def asked(parts: Parts, asker: Asker, name: str, message: Message, *, reason: str = "") -> dict[str, Json]:
    """The report on one request of `inspection.proto`; errors are the audit service's own."""
    return report_of((await inspect(parts, asker, name, message, reason=reason)).report)


def report_of(said: bytes) -> dict[str, Json]:
    """A report; empty when it is no object."""
    value: Json = json.loads(said)
    return value if isinstance(value, dict) else {}


def rows_of(report: Report, name: str) -> list[dict[str, Json]]:
    """The objects in a list."""
    value = report.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def object_in(report: Report, name: str) -> dict[str, Json]:
    value = report.get(name)
    return value if isinstance(value, dict) else {}


def counts_in(report: Report, name: str) -> dict[str, int]:
    """Numbers by name."""
    return {key: value for key, value in object_in(report, name).items() if isinstance(value, int)}


def number_in(report: Report, name: str) -> int:
    value = report.get(name)
    return value if isinstance(value, int) else 0


def text_in(report: Report, name: str) -> str:
    value = report.get(name)
    return value if isinstance(value, str) else ""
