"""One decision as a provenance graph: what came of what, through which step, by whom and on whose behalf.

It is made of the leaves alone, and so holds nothing personal; content stands in it only where opened parts are given.

    entity    question, passages by version, pins (prompt, model, rules, configuration, code), draft, verdict, answer
    activity  retrieval, generation, gate, review
    agent     service, role, unit, authority
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from allmanning.audit.export.graph import Graph, named
from allmanning.audit.log.json_path import objects, text
from allmanning.audit.log.leaf import Leaf
from allmanning.runtime.record import Json

Parts = Mapping[str, Mapping[str, Json]]

_PREFIXES: Final = {"allm": "https://allmanning.example/ns#", "pin": "urn:sha256:"}
# Pins that say how something is to be done (PROV-DM 5.7.1: a plan is what an agent intends to follow).
_PLANS: Final = frozenset({"prompt", "rules"})
_PROCESS: Final = re.compile(r"-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def provenance_of(authority: str, decision: str, leaves: Sequence[Leaf], parts: Parts | None = None) -> dict[str, Json]:
    """The graph of `leaves`, in the order of the log; `parts` holds opened content by record and name."""
    story = _Story(authority, decision, parts or {})
    for leaf in leaves:
        story.take(leaf)
    return story.graph.document()


class _Story:
    """What is known so far, as one reads the records in their order."""

    def __init__(self, authority: str, decision: str, parts: Parts) -> None:
        prefixes = _PREFIXES | {"rec": f"urn:allmanning:{authority}:record:", "own": f"urn:allmanning:{authority}:"}
        self.graph = Graph(prefixes)
        self._parts = parts
        self._authority = self.graph.agent(named("own", "authority", authority), type="prov:Organization")
        self._decision = decision
        self._question = ""
        self._pins: dict[str, str] = {}
        self._passages: dict[tuple[str, str], str] = {}
        self._drafts: list[str] = []
        self._generation = ""
        self._answer = ""

    def take(self, leaf: Leaf) -> None:
        kind = leaf.kind()
        if kind == "question.received":
            self._asked(leaf)
        elif kind == "retrieval.done":
            self._retrieved(leaf)
        elif kind == "draft.generated":
            self._drafted(leaf)
        elif kind == "gate.evaluated":
            self._gated(leaf)
        elif kind == "sentence.released":
            self._released(leaf)
        elif kind == "review.closed":
            self._reviewed(leaf)
        elif leaf.text("outcome"):
            self._ended(leaf)

    def _content(self, leaf: Leaf, part: str) -> Json:
        return self._parts.get(leaf.id, {}).get(part)

    def _entity(self, leaf: Leaf, part: str, type: str, **more: Json) -> str:
        """An entity that a record's part is the content of; the commitment binds to it without telling it."""
        committed = leaf.parts.get(part)
        return self.graph.entity(
            named("rec", leaf.id, part),
            type=f"allm:{type}",
            commitment=committed.commitment if committed else "",
            value=_plain(self._content(leaf, part)),
            **more,
        )

    def _service(self, leaf: Leaf) -> str:
        name = _PROCESS.sub("", leaf.source.producer)
        service = self.graph.agent(named("own", "service", name), type="prov:SoftwareAgent")
        self.graph.relate("actedOnBehalfOf", service, self._authority)
        return service

    def _role(self, leaf: Leaf) -> str:
        """The agent behind a person's act: role and unit, never the person."""
        role = leaf.text("role") or leaf.text("review", "role")
        unit = leaf.text("unit") or leaf.text("review", "unit")
        if not role:
            return ""
        agent = self.graph.agent(named("own", "role", role), type="allm:Role", label=role)
        if unit:
            of_unit = self.graph.agent(named("own", "unit", unit), type="prov:Organization", label=unit)
            self.graph.relate("actedOnBehalfOf", agent, of_unit)
            self.graph.relate("actedOnBehalfOf", of_unit, self._authority)
        elif role != "citizen":
            self.graph.relate("actedOnBehalfOf", agent, self._authority)
        return agent

    def _step(self, leaf: Leaf, type: str, plan: str = "") -> str:
        step = self.graph.activity(named("rec", leaf.id), leaf.time, type=f"allm:{type}")
        more = {"plan": plan} if plan else {}
        self.graph.relate("wasAssociatedWith", step, self._service(leaf), **more)
        return step

    def _pin(self, kind: str, hashed: str) -> str:
        plan = kind in _PLANS
        name = named("pin", hashed.removeprefix("sha256:"))
        return self.graph.entity(name, type="prov:Plan" if plan else "allm:Pin", kind=kind, hash=hashed)

    def _asked(self, leaf: Leaf) -> None:
        self._question = self._entity(leaf, "question", "Question", decision=self._decision)
        if role := self._role(leaf):
            self.graph.relate("wasAttributedTo", self._question, role)
        for kind, hashed in _texts(leaf.fields.get("pins")).items():
            self._pins[kind] = self._pin(kind, hashed)

    def _retrieved(self, leaf: Leaf) -> None:
        step = self._step(leaf, "Retrieval")
        self._use(step, self._question)
        if version := leaf.text("index_version"):
            self._use(step, self.graph.entity(named("own", "index", version), type="allm:Index", label=version))
        seen = {text(each, "passage"): each for each in objects(self._content(leaf, "retrieved"))}
        for each in objects(leaf.fields.get("passages")):
            passage, version = text(each, "passage"), text(each, "version")
            entity = self.graph.entity(
                named("own", "passage", f"{passage}@{version}"),
                type="allm:Passage",
                document=text(each, "document"),
                version=version,
                value=text(seen.get(passage, {}), "text"),
            )
            self._passages[passage, version] = entity
            self._use(step, entity)

    def _drafted(self, leaf: Leaf) -> None:
        step = self._step(leaf, "Generation", self._pins.get("prompt", ""))
        draft = self._entity(leaf, "draft", "Draft", model=leaf.text("model"))
        self.graph.relate("wasGeneratedBy", draft, step, time=leaf.time)
        self.graph.relate("wasDerivedFrom", draft, self._question or draft)
        self._use(step, self._question, *self._pins.values(), *self._passages.values())
        self._drafts.append(draft)
        self._generation = step

    def _gated(self, leaf: Leaf) -> None:
        hashed = leaf.text("gate", "rules")
        rules = self._pin("rules", hashed) if hashed else ""
        step = self._step(leaf, "Gate", rules)
        judged = self._drafts if leaf.text("stage") == "release" else [self._question]
        self._use(step, rules, *judged)
        verdict = self._entity(
            leaf,
            "input",
            "Verdict",
            verdict=leaf.text("gate", "verdict"),
            rule=leaf.text("gate", "rule_id"),
            legal_basis=leaf.text("gate", "legal_basis"),
        )
        self.graph.relate("wasGeneratedBy", verdict, step, time=leaf.time)

    def _released(self, leaf: Leaf) -> None:
        sentence = self._entity(leaf, "text", "Sentence")
        if self._generation:
            self.graph.relate("wasGeneratedBy", sentence, self._generation, time=leaf.time)
        for each in objects(leaf.fields.get("citations")):
            if passage := self._passages.get((text(each, "passage"), text(each, "version"))):
                self.graph.relate("wasDerivedFrom", sentence, passage)
        self._drafts.append(sentence)

    def _ended(self, leaf: Leaf) -> None:
        self._answer = self._entity(leaf, "told", "Answer", outcome=leaf.text("outcome"))
        self.graph.relate("wasAttributedTo", self._answer, self._service(leaf))
        if self._generation:
            self.graph.relate("wasGeneratedBy", self._answer, self._generation, time=leaf.time)
        for draft in self._drafts:
            self.graph.relate("wasDerivedFrom", self._answer, draft)

    def _reviewed(self, leaf: Leaf) -> None:
        step = self._step(leaf, "Review")
        self._use(step, self._question, self._answer, *self._drafts)
        state = leaf.text("review", "state")
        reviewed = self._entity(leaf, "text", "ReviewedAnswer", state=state, outcome=leaf.text("outcome"))
        self.graph.relate("wasGeneratedBy", reviewed, step, time=leaf.time)
        for draft in self._drafts:
            self.graph.relate("wasDerivedFrom", reviewed, draft)
        if role := self._role(leaf):
            self.graph.relate("wasAttributedTo", reviewed, role)
            self.graph.relate("wasAssociatedWith", step, role)

    def _use(self, step: str, *entities: str) -> None:
        for entity in entities:
            if entity:
                self.graph.relate("used", step, entity)


def _plain(value: Json) -> Json:
    """A part as an attribute's value, which PROV-JSON wants to be a literal."""
    if isinstance(value, dict):
        value = value.get("text")
    return value if isinstance(value, str) else None


def _texts(value: Json) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {key: each for key, each in value.items() if isinstance(each, str)}
