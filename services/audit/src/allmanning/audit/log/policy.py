"""Which witnesses must have seen a checkpoint before it counts (C2SP tlog-policy)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.cosignature import CosignerKey
from allmanning.audit.log.note import BadNote, Note, VerifierKey
from allmanning.audit.log.vkey import ED25519, Vkey

NONE: Final = "none"


class BadPolicy(ValueError):
    """Not a policy; says which line and why in Swedish."""


class Group(NamedTuple):
    """At least `threshold` of the members, which are witnesses or groups."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class PolicyLog:
    """A log whose checkpoints are accepted."""

    key: VerifierKey | CosignerKey
    url: str = ""


@dataclass(frozen=True)
class PolicyWitness:
    """A witness under the name that the policy gives it; `url` is where checkpoints are submitted."""

    name: str
    key: CosignerKey
    url: str = ""


class Judged(NamedTuple):
    """What a note shows under a policy: the witnesses, by their names there, and when each cosigned."""

    checkpoint: Checkpoint
    witnesses: Mapping[str, int]
    quorum: bool


@dataclass(frozen=True)
class Policy:
    """A policy that was read and holds together."""

    logs: tuple[PolicyLog, ...]
    witnesses: Mapping[str, PolicyWitness]
    groups: Mapping[str, Group]
    quorum: str

    @classmethod
    def parse(cls, data: bytes) -> Policy:
        """Read a policy file.

        Raises:
            BadPolicy: with the line that does not fit.
        """
        return _Reader().read(data)

    def satisfied_by(self, witnesses: set[str]) -> bool:
        """Whether these witnesses, by their names in the policy, are a quorum."""
        return self.quorum == NONE or self._counts(self.quorum, witnesses)

    def _counts(self, name: str, witnesses: set[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in witnesses
        return sum(self._counts(member, witnesses) for member in group.members) >= group.threshold

    def judge(self, note: str, logs: Sequence[VerifierKey | CosignerKey] = ()) -> Judged:
        """Check a checkpoint against the policy's logs, or against `logs` when they are known from elsewhere.

        Raises:
            BadNote: when it is no checkpoint, no accepted log signed it, or a known key's signature is wrong.
        """
        parsed = Note.parse(note)
        checkpoint = Checkpoint.parse(parsed.text)
        known = logs or [each.key for each in self.logs]
        if not parsed.signers([key for key in known if key.name == checkpoint.origin]):
            raise BadNote(f"ingen underskrift av loggen {checkpoint.origin}")
        seen: dict[str, int] = {}
        for witness in self.witnesses.values():
            for signature in parsed.signatures:
                if signature.made_by(witness.key.vkey):
                    seen[witness.name] = witness.key.cosigned(parsed.text, signature.signature).timestamp
        return Judged(checkpoint, seen, self.satisfied_by(set(seen)))


@dataclass
class _Reader:
    """Reads a policy line by line; a line may only name what stands above it."""

    logs: dict[bytes, PolicyLog] = field(default_factory=dict)
    witnesses: dict[str, PolicyWitness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""
    _grouped: set[str] = field(default_factory=set)

    def read(self, data: bytes) -> Policy:
        if data and not data.endswith(b"\n"):
            raise BadPolicy("Policyn är avkapad: sista raden slutar inte med radbrytning.")
        if any((byte < 0x20 and byte not in b"\t\n") or byte == 0x7F for byte in data):
            raise BadPolicy("Policyn innehåller styrtecken.")
        # Names are opaque bytes; this keeps every one of them apart and splits at nothing but ASCII.
        for number, line in enumerate(data.decode(errors="surrogateescape").split("\n"), start=1):
            words = [word for word in line.replace("\t", " ").split(" ") if word]
            if not words or words[0].startswith("#"):
                continue
            try:
                self._take(words)
            except BadNote as error:
                raise BadPolicy(f"Policyn, rad {number}: {error}.") from error
            except BadPolicy as error:
                raise BadPolicy(f"Policyn, rad {number}: {error}") from error
        if not self.quorum:
            raise BadPolicy("Policyn saknar en rad som börjar med quorum.")
        return Policy(tuple(self.logs.values()), self.witnesses, self.groups, self.quorum)

    def _take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self._log(vkey, *url)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._witness(name, vkey, *url)
            case ["group", name, threshold, *members] if members:
                self._group(name, threshold, members)
            case ["quorum", name]:
                if self.quorum:
                    raise BadPolicy("quorum står redan i policyn.")
                if name != NONE:
                    self._known(name)
                self.quorum = name
            case _:
                raise BadPolicy("raden är inte log, witness, group eller quorum med rätt antal ord.")

    def _log(self, text: str, url: str = "") -> None:
        vkey = Vkey.parse(text)
        key = VerifierKey.parse(text) if vkey.algorithm == ED25519 else CosignerKey.parse(text)
        if vkey.material in self.logs:
            raise BadPolicy("nyckeln står redan på en annan log-rad.")
        self.logs[vkey.material] = PolicyLog(key, url)

    def _witness(self, name: str, text: str, url: str = "") -> None:
        key = CosignerKey.parse(text)
        self._new(name)
        if any(each.key.vkey.material == key.vkey.material for each in self.witnesses.values()):
            raise BadPolicy("nyckeln står redan på en annan witness-rad.")
        self.witnesses[name] = PolicyWitness(name, key, url)

    def _group(self, name: str, threshold: str, members: list[str]) -> None:
        self._new(name)
        for member in members:
            self._known(member)
            if member in self._grouped:
                raise BadPolicy(f"{member} är redan med i en grupp.")
            self._grouped.add(member)
        count = {"all": len(members), "any": 1}.get(threshold)
        if count is None:
            if not (threshold.isascii() and threshold.isdigit()) or len(threshold) > len(str(len(members))):
                raise BadPolicy("antalet är inte all, any eller ett tal som gruppen räcker till.")
            count = int(threshold)
        if not 1 <= count <= len(members):
            raise BadPolicy("antalet är inte all, any eller ett tal som gruppen räcker till.")
        self.groups[name] = Group(count, tuple(members))

    def _new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise BadPolicy(f"namnet {name} är upptaget.")

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise BadPolicy(f"{name} är inte definierad på en rad ovanför.")
