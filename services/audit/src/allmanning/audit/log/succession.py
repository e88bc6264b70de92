"""How one log ends and the next begins, in plain leaves.

The last leaf of a log is a `log.sealed` that names the next log and its keys:

    "log": {"origin": "audit.exempelby.allmanning/2026h2", "reason": "period_over",
            "next": {"origin": "audit.exempelby.allmanning/2027h1", "vkeys": ["audit.exempelby.allmanning/2027h1+…"]}}

At the same place in the stream the next log gets a `log.opened`, which is made from the sealing leaf and the sealed
tree alone, so that the same stream always gives the same one. It is the first leaf of the next log, unless records of
the new half-year came before the old one was sealed:

    "log": {"origin": "audit.exempelby.allmanning/2027h1",
            "previous": {"origin": "audit.exempelby.allmanning/2026h2", "size": 4711, "root": "<base64>"}}

A record whose own log is sealed when it comes goes, unchanged, to the log that follows. Why it stands there is told by
its time and by those two leaves.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.note import BadNote, VerifierKey, from_base64
from allmanning.audit.log.origin import place_of
from allmanning.audit.log.tree import HASH_BYTES
from allmanning.runtime.record import Json, canonical, digest

SEALED: Final = "log.sealed"
OPENED: Final = "log.opened"
SEALER: Final = "audit-"
PERIOD_OVER: Final = "period_over"
KEY_ROTATION: Final = "key_rotation"
KEY_COMPROMISED: Final = "key_compromised"
REASONS: Final = (PERIOD_OVER, KEY_ROTATION, KEY_COMPROMISED)


class Sealed(NamedTuple):
    """What a sealing leaf says: which log ends, why, and which one follows, with its keys."""

    origin: str
    reason: str
    next_origin: str
    next_vkeys: tuple[str, ...]

    def fields(self) -> Mapping[str, Json]:
        """The leaf's own fields."""
        following: Json = {"origin": self.next_origin, "vkeys": list(self.next_vkeys)}
        return {"log": {"origin": self.origin, "reason": self.reason, "next": following}}

    @property
    def next_key(self) -> VerifierKey | None:
        """The Ed25519 key of the log that follows; None when it names none."""
        for each in self.next_vkeys:
            try:
                key = VerifierKey.parse(each)
            except BadNote:
                continue
            if key.name == self.next_origin:
                return key
        return None


class Opened(NamedTuple):
    """What an opening leaf says: which log it stands in, and the final checkpoint of the one before."""

    origin: str
    previous: Checkpoint


def sealed_by(leaf: Leaf) -> Sealed | None:
    """What a sealing leaf says; None when it is another record, or one that can seal nothing.

    Only the audit service seals. A log is only ever followed by a later one of the same authority, so that logs can't
    follow each other in a ring.
    """
    told = leaf.fields.get("log")
    if leaf.kind() != SEALED or not leaf.source.producer.startswith(SEALER) or not isinstance(told, dict):
        return None
    origin, reason, following = told.get("origin"), told.get("reason"), told.get("next")
    if not isinstance(origin, str) or reason not in REASONS or not isinstance(following, dict):
        return None
    next_origin, vkeys = following.get("origin"), following.get("vkeys")
    if not isinstance(next_origin, str) or not isinstance(vkeys, list):
        return None
    texts = tuple(each for each in vkeys if isinstance(each, str))
    sealed = Sealed(origin, str(reason), next_origin, texts)
    if len(texts) != len(vkeys) or not _follows(origin, next_origin, leaf.authority) or sealed.next_key is None:
        return None
    return sealed


def opened_by(leaf: Leaf) -> Opened | None:
    """What an opening leaf says; None when it is another record."""
    told = leaf.fields.get("log")
    if leaf.kind() != OPENED or not isinstance(told, dict):
        return None
    origin, previous = told.get("origin"), told.get("previous")
    if not isinstance(origin, str) or not isinstance(previous, dict):
        return None
    before, size, root = previous.get("origin"), previous.get("size"), previous.get("root")
    if not isinstance(before, str) or not isinstance(size, int) or isinstance(size, bool) or not isinstance(root, str):
        return None
    try:
        raw = from_base64(root)
    except ValueError:
        return None
    if len(raw) != HASH_BYTES or size < 1 or not _follows(before, origin, leaf.authority):
        return None
    return Opened(origin, Checkpoint(before, size, raw))


def _follows(before: str, after: str, authority: str) -> bool:
    try:
        (first, earlier), (second, later) = place_of(before), place_of(after)
    except ValueError:
        return False
    return first == second == authority and earlier < later


def opening(leaf: Leaf, sealed: Sealed, final: Checkpoint) -> Leaf:
    """The opening leaf that goes with a sealing leaf and the sealed log's final checkpoint."""
    # RFC 9562 §5.5: an identifier made from a name.
    identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{OPENED}/{digest(leaf.data)}"))
    previous: Json = {
        "origin": final.origin,
        "size": final.size,
        "root": base64.b64encode(final.root).decode(),
    }
    data = canonical(
        {
            "v": 1,
            "type": f"se.audit.{OPENED}.v1",
            "id": identifier,
            "decision": leaf.decision,
            "time": leaf.time,
            "tenant": leaf.authority,
            "src": {"producer": f"log-{identifier}", "pseq": 1, "pprev": ""},
            "log": {"origin": sealed.next_origin, "previous": previous},
            "parts": {},
        }
    )
    return Leaf.parse(data)


def may_stand_in(leaf: Leaf, origin: str) -> bool:
    """Whether a leaf can be a record of this log: its time's own, a later one of the authority's, or the one it names.

    That a later one is right, because the leaf's own log was sealed, is told by `check_succession`.
    """
    sealed, opened = sealed_by(leaf), opened_by(leaf)
    if sealed and sealed.origin == origin:
        return True
    if opened:
        return opened.origin == origin
    return leaf.origin == origin or _follows(leaf.origin, origin, leaf.authority)


class Segment(NamedTuple):
    """One log, as far as succession goes.

    `vkeys` are the keys its checkpoint was checked with; `last` its last leaf; `opened` its opening leaves, more than
    one when several logs ended in it; `late` says whether it holds a record whose own log is an earlier one.
    """

    checkpoint: Checkpoint
    vkeys: Sequence[str]
    last: Leaf | None
    opened: Sequence[Opened]
    late: bool


def check_succession(logs: Sequence[Segment]) -> list[str]:
    """What is wrong, in Swedish, with how an authority's logs, oldest first, follow on each other; empty: nothing.

    A log that is not sealed yet may have a successor: the new half-year begins before the old one is sealed.
    """
    by_origin = {log.checkpoint.origin: log for log in logs}
    sealed: dict[str, Sealed] = {}
    for log in logs:
        if log.last and (told := sealed_by(log.last)) and told.origin == log.checkpoint.origin:
            sealed[told.origin] = told
    wrong = [each for told in sealed.values() for each in _handed_over(told, by_origin.get(told.next_origin))]
    for log in logs:
        for opened in log.opened:
            before = by_origin.get(opened.previous.origin)
            if before and before.checkpoint != opened.previous:
                wrong.append(f"{before.checkpoint.origin} slutar inte som {log.checkpoint.origin} säger.")
            if before and before.checkpoint.origin not in sealed:
                wrong.append(f"{before.checkpoint.origin} har en efterföljare men är inte förseglad.")
        if log.late and not any(told.next_origin == log.checkpoint.origin for told in sealed.values()):
            wrong.append(f"{log.checkpoint.origin} har poster från ett halvår vars logg inte är förseglad.")
    return wrong


def _handed_over(told: Sealed, after: Segment | None) -> Iterator[str]:
    if after is None:
        yield f"{told.origin} är förseglad och fortsätter i {told.next_origin}, som inte är med."
        return
    if not set(after.vkeys) & set(told.next_vkeys):
        yield f"{told.next_origin} är undertecknad med en annan nyckel än den som {told.origin} lämnade över till."
    if not any(each.previous.origin == told.origin for each in after.opened):
        yield f"{told.next_origin} säger inte hur {told.origin} slutade."
