"""The witness: cosigns a checkpoint when it continues what was seen before, and never otherwise."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.cosignature import CosigningKey
from allmanning.audit.log.note import BadNote, Note, Signature
from allmanning.audit.log.tree import EMPTY_ROOT, verify_consistency
from allmanning.audit.witness.refusal import Malformed, NotConsistent, NotSigned, SeenMore, UnknownLog
from allmanning.audit.witness.request import AddCheckpoint
from allmanning.audit.witness.state import Seen, State

log = logging.getLogger(__name__)


class Witness:
    """Answers logs. Its methods may be called from several threads at once."""

    def __init__(
        self, keys: Sequence[CosigningKey], state: State, clock: Callable[[], int] = lambda: int(time.time())
    ) -> None:
        self._keys = keys
        self._state = state
        self._clock = clock

    def add_checkpoint(self, body: bytes) -> str:
        """Cosign; returns the signature lines, one for each of the witness's keys.

        What was seen and what is signed move in one transaction: were it two, a slower request could move it back.

        Raises:
            NotCosigned: `Malformed`, `UnknownLog`, `NotSigned`, `SeenMore` or `NotConsistent`.
        """
        try:
            request = AddCheckpoint.parse(body)
            note = Note.parse(request.note)
            checkpoint = Checkpoint.parse(note.text)
        except BadNote as error:
            raise Malformed(str(error)) from error
        trusted = self._verified(checkpoint.origin, note)
        if request.old > checkpoint.size:
            raise Malformed("old är större än kontrollpunktens storlek")
        try:
            with self._state.advancing(checkpoint.origin) as advancing:
                if request.old != advancing.seen.size:
                    raise SeenMore(advancing.seen.size)
                _check(request, checkpoint, advancing.seen)
                signatures = [key.cosign(note.text, self._clock()) for key in self._keys]
                shown = trusted.with_signatures(signatures)
                advancing.to(Seen(checkpoint.size, checkpoint.root, str(shown)))
        except NotConsistent:
            log.error("%s with %d leaves contradicts what was seen", checkpoint.origin, checkpoint.size)
            self._state.refuse(checkpoint.origin, str(trusted), self._clock())
            raise
        return "".join(map(str, signatures))

    def _verified(self, origin: str, note: Note) -> Note:
        """The note with the signatures of the log's trusted keys alone."""
        keys = self._state.keys(origin)
        if not keys:
            raise UnknownLog("loggen är okänd")
        try:
            signers = note.signers(keys)
        except BadNote as error:
            raise NotSigned(str(error)) from error
        if not signers:
            raise NotSigned("ingen underskrift av en känd nyckel")
        kept: list[Signature] = [
            each for each in note.signatures if any(each.made_by(signer.vkey) for signer in signers)
        ]
        return Note(note.text, tuple(kept))

    def checkpoint(self, origin_hash: str) -> str:
        """The newest checkpoint that was cosigned of the log with this SHA-256 of its origin, in lower-case hex.

        Raises:
            UnknownLog: when there is none.
        """
        note = self._state.seen_by_hash(origin_hash).note
        if not note:
            raise UnknownLog("ingen kontrollpunkt av den loggen är medundertecknad")
        return note


def _check(request: AddCheckpoint, checkpoint: Checkpoint, seen: Seen) -> None:
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise NotConsistent("en tom logg har en annan rot")
    if request.old == 0:
        # Any tree continues the empty one, so that there is nothing to prove.
        if request.proof:
            raise NotConsistent("från en tom logg finns inget att bevisa")
        return
    if not verify_consistency(request.old, checkpoint.size, seen.root, checkpoint.root, request.proof):
        raise NotConsistent("beviset visar inte att loggen bara har växt")
