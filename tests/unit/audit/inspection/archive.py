"""A log on disk with decisions that are found, recalled and drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

from allmanning.audit.gate.gate import Gate
from allmanning.audit.log.reading import StoredPin
from allmanning.audit.log.store import Store
from allmanning.runtime.record import Json
from tests.unit.audit.inspection.chains import Made
from tests.unit.audit.producer import AUTHORITY, Producer, put


@dataclass
class Archive:
    """A store that takes in what the producer has made since the last time."""

    store: Store
    gate: Gate
    producer: Producer = field(default_factory=Producer)
    taken: int = 0

    def decision(self, question: str = "Behöver jag bygglov för en altan?", **fields: Json) -> str:
        return Made(producer=self.producer).answered(self.gate, question, **fields).decision

    def made(self) -> Made:
        return Made(producer=self.producer)

    def take_in(self) -> None:
        new = self.producer.leaves[self.taken :]
        self.taken = len(self.producer.leaves)
        put(self.store, new, self.taken)
        self.store.keep(
            self.producer.parts, [StoredPin(AUTHORITY, self.gate.baseline.hash, "rules", self.gate.baseline.pinned)]
        )

    def look(self, what):
        with self.store.reading(AUTHORITY) as log:
            return what(log)
