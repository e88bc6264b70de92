"""A bundle of any size over records that look like the platform's, made without a database."""

from __future__ import annotations

import hashlib
import json
import marshal
import tempfile
from collections.abc import Iterator
from pathlib import Path

from allmanning.audit.export.layout import Opened
from allmanning.audit.export.manifest import LogRange, Scope
from allmanning.audit.export.packer import Packer
from allmanning.audit.gate.gate import Gate
from allmanning.audit.gate.logged import input_of
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.frontier import Frontier, nodes_over
from allmanning.audit.log.note import SigningKey
from allmanning.audit.log.origin import origin_of
from allmanning.audit.log.tree import leaf_hash
from allmanning.contracts.audit.v1.audit_pb import Circumstances
from allmanning.runtime.record import Json, canonical, commitment, digest

AUTHORITY, PERIOD = "exempelby", "2026h2"
SHOWN = frozenset({"question", "input"})
_STEPS = (
    "question.received",
    "gate.evaluated",
    "retrieval.done",
    "draft.generated",
    "gate.evaluated",
    "answer.released",
)
_BLOCK = 4096


def _salt(*of: object) -> bytes:
    return hashlib.sha256(repr(of).encode()).digest()


class Records:
    """The same records each time they are asked for: six to a decision, from two producers in turn."""

    def __init__(self, count: int) -> None:
        self.count = count
        gate = Gate.from_file(None)
        self.rules = gate.baseline
        self._gated: dict[str, tuple[Json, bytes]] = {}
        for stage in ("request", "release"):
            given: dict[str, Json] = {
                "stage": stage, "role": "citizen", "channel": "citizen", "acute": False, "wants_human": False,
                "individual_decision": False, "manipulation": False, "highest_secrecy": "open", "verbatim": True,
                "weakest_support": 0.9375, "citation_coverage": 1, "retrieved_secrecy": "open", "is_decision": False,
                "appeal_route": "ej_ärende",
            }  # fmt: skip
            said = gate.decide(input_of(given), Circumstances(day="2026-11-22", deployment="d1"))
            told: Json = {
                "verdict": said.verdict.name.lower(), "rule_id": said.rule_id, "rules": said.rules,
                "engine": said.engine, "legal_basis": said.legal_basis, "notice": said.notice,
                "circumstances": {"day": "2026-11-22", "deployment": "d1"},
            }  # fmt: skip
            self._gated[stage] = (told, canonical(given))

    def __iter__(self) -> Iterator[tuple[bytes, list[Opened]]]:
        previous = {"generate-a": "", "generate-b": ""}
        numbers = dict.fromkeys(previous, 0)
        for index in range(self.count):
            decision, step = divmod(index, len(_STEPS))
            producer = "generate-a" if decision % 2 else "generate-b"
            numbers[producer] += 1
            data, opened = self._record(index, decision, step, producer, numbers[producer], previous[producer])
            previous[producer] = digest(data)
            yield data, opened

    def _record(
        self, index: int, decision: int, step: int, producer: str, number: int, before: str
    ) -> tuple[bytes, list[Opened]]:
        kind = _STEPS[step]
        record = _uuid("record", index)
        fields: dict[str, Json] = {}
        contents: dict[str, bytes] = {}
        if kind == "question.received":
            fields = {"channel": "citizen", "role": "citizen", "language": "sv"}
            contents = {"question": b'"F\xc3\xa5r jag elda?"', "conversation": b'""'}
        elif kind == "gate.evaluated":
            told, given = self._gated["request" if step == 1 else "release"]
            fields, contents = {"gate": told, "stage": "request"}, {"input": given, "reason": b'"Regel"'}
        elif kind == "retrieval.done":
            passages: Json = [
                {"passage": _uuid("passage", number), "document": "d", "version": 1, "score": 0.8125}
                for number in range(5)
            ]
            fields, contents = {"index_version": "v1", "held_back": 0, "passages": passages}, {"query": b'"elda"'}
        elif kind == "draft.generated":
            fields, contents = {"model": "m", "sentences": 2}, {"draft": b'"Nej."', "dropped": b"[]"}
        else:
            fields, contents = {"outcome": "answered"}, {"told": b'"Nej."'}
        opened = [Opened(record, name, _salt(index, name), content) for name, content in contents.items()]
        second, minute = index % 60, index // 60 % 60
        leaf = {
            **fields,
            "v": 1,
            "type": f"se.audit.{kind}.v1",
            "id": record,
            "decision": _uuid("decision", decision),
            "time": f"2026-11-{1 + index * 20 // self.count:02}T10:{minute:02}:{second:02}.000Z",
            "tenant": AUTHORITY,
            "src": {"producer": producer, "pseq": number, "pprev": before},
            "parts": {each.part: {"c": commitment(each.salt, each.content), "ret": "G1"} for each in opened},
        }
        # All keys are ASCII and all numbers short: this is their canonical form, and made four times as fast.
        data = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        return data, [each for each in opened if each.part in SHOWN]


def _uuid(*of: object) -> str:
    text = hashlib.md5(repr(of).encode(), usedforsecurity=False).hexdigest()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def make(path: Path, count: int) -> SigningKey:
    """Write a bundle of `count` records; returns the key of its log."""
    records = Records(count)
    frontier = Frontier()
    block: list[bytes] = []
    with tempfile.TemporaryFile() as kept:
        for data, opened in records:
            marshal.dump((data, [tuple(each) for each in opened]), kept)
            block.append(leaf_hash(data))
            if len(block) == _BLOCK:
                frontier.extend(nodes_over(block, frontier.size))
                block.clear()
        frontier.extend(nodes_over(block, frontier.size))
        kept.seek(0)
        key = SigningKey.generate(origin_of(AUTHORITY, PERIOD))
        note = Checkpoint(key.name, count, frontier.root()).sign(key)
        with path.open("wb") as sink:
            packer = Packer(sink, AUTHORITY, Scope(), SHOWN)
            packer.pins([(records.rules.hash, records.rules.pinned)])
            writer = packer.log(LogRange(key.name, PERIOD, 0, count, (), ()), note, key.verifier)
            for _ in range(count):
                data, parts = marshal.load(kept)
                writer.leaf(data, [Opened(*each) for each in parts])
            writer.close()
            packer.close(key)
    return key
