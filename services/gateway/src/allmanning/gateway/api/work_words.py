"""How callers write states and priorities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

from allmanning.contracts.ingest.v1.ingest_pb import Priority, State
from allmanning.gateway.shapes import PRIORITIES, STATES

StateName: TypeAlias = Literal[
    "received",
    "indexed",
    "scheduled",
    "rejected",
    "retired",
    "expanded",
    "needs_ocr",
    "held",
    "failed",
    "cancelled",
]
# Those in which a document can be run again.
AgainName: TypeAlias = Literal["rejected", "held", "needs_ocr", "failed", "cancelled"]
AGAIN: Final = frozenset(get_args(AgainName))
PriorityName: TypeAlias = Literal["urgent", "normal", "bulk"]

STATE_OF: Final[Mapping[str, State]] = {name: state for state, name in STATES.items()}
PRIORITY_OF: Final[Mapping[str, Priority]] = {name: priority for priority, name in PRIORITIES.items()}
