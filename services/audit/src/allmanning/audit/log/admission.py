"""Which records may join the log, by who could have sent them.

A record that steers or closes something is the audit service's own. Such a one comes by a subject that the message bus
lets no other service publish to; on any other it is a forgery, whatever it says of its producer.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from nats.js import JetStreamContext

from allmanning.audit.log.leaf import Leaf
from allmanning.runtime import subjects
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.permissions import RECORD_TYPES
from allmanning.runtime.streams import first_sequence, last_sequence

_STREAM: Final = "AUDIT_LEAVES"
_OTHERS: Final = frozenset().union(*RECORD_TYPES.values())

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Admission:
    """`since`: what comes before that place in the stream is of a release whose records all went by one subject."""

    since: int = 0

    @classmethod
    async def of(cls, js: JetStreamContext) -> Admission:
        """From the stream itself, so that a log that is read again from its start is the same.

        Raises:
            Unavailable: `events.unavailable`.
        """
        first = await first_sequence(js, _STREAM, subjects.own_recorded("*"))
        return cls(first or await last_sequence(js, _STREAM) + 1)

    def check(self, leaf: Leaf, subject: str, sequence: int) -> None:
        """Let a leaf in.

        Raises:
            InvalidInput: `leaf.mismatch`; `leaf.type_forbidden`, for what its sender may not say; `leaf.delegation`,
                for an automatic decision without a delegation (KL 6:37).
        """
        if leaf.kind() == "decision.made" and leaf.text("mode") == "automated" and not leaf.text("delegation_ref"):
            raise InvalidInput("leaf.delegation", "Ett automatiskt beslut utan delegation får inte finnas (KL 6:37).")
        if subject == subjects.own_recorded(leaf.authority):
            return
        if subject != subjects.decision_recorded(leaf.authority):
            raise InvalidInput("leaf.mismatch", "Posten kom på en annan myndighets ämne.")
        if sequence >= self.since and (leaf.kind() not in _OTHERS or _told_from_the_log(leaf)):
            log.error("a record of the audit service's own came from elsewhere: %s, %s", leaf.kind(), leaf.id)
            raise InvalidInput("leaf.type_forbidden", f"Bara granskningstjänsten får skriva {leaf.kind()}.")


def _told_from_the_log(leaf: Leaf) -> bool:
    """A change that the audit service has read out of other records names the first of them."""
    return leaf.kind() == "config.changed" and bool(leaf.text("cause"))


STRICT: Final = Admission()
