"""PROV-JSON of a decision, read by the W3C model's reference implementation in Python."""

from __future__ import annotations

import json

import pytest
from prov.model import (
    ProvActivity,
    ProvAgent,
    ProvAssociation,
    ProvAttribution,
    ProvDelegation,
    ProvDerivation,
    ProvDocument,
    ProvEntity,
    ProvGeneration,
    ProvUsage,
)

from allmanning.audit.export.graph import RELATIONS
from allmanning.audit.export.provenance import provenance_of
from tests.unit.audit.producer import AUTHORITY, Producer
from tests.unit.audit.story import PINS, RULES, SECRET, opened, tell

# PROV-DM 5: which kind of thing may stand on either side of a relation.
KINDS = {"activity": "activity", "entity": "entity", "agent": "agent"} | dict.fromkeys(
    ("generatedEntity", "usedEntity"), "entity"
)
KINDS |= dict.fromkeys(("informed", "informant"), "activity") | dict.fromkeys(("delegate", "responsible"), "agent")


def made(producer: Producer, *, content: bool = False, **story: object) -> dict:
    decision = tell(producer, **story)
    return provenance_of(AUTHORITY, decision, producer.leaves, opened(producer) if content else None)


def read(document: dict) -> ProvDocument:
    return ProvDocument.deserialize(content=json.dumps(document), format="json")


def typed(document: dict, kind: str, type: str) -> list[str]:
    return [name for name, each in document[kind].items() if each["prov:type"]["$"] == type]


def pairs(document: dict, relation: str) -> set[tuple[str, str]]:
    first, second = RELATIONS[relation]
    return {(each[f"prov:{first}"], each[f"prov:{second}"]) for each in document[relation].values()}


def test_the_document_reads_back_with_every_thing_and_relation(producer: Producer) -> None:
    document = made(producer, review="edited", outcome="review")
    known = read(document)
    for kind, of in (("entity", ProvEntity), ("activity", ProvActivity), ("agent", ProvAgent)):
        assert len(list(known.get_records(of))) == len(document[kind])
    for relation, of in (
        ("used", ProvUsage),
        ("wasGeneratedBy", ProvGeneration),
        ("wasDerivedFrom", ProvDerivation),
        ("wasAttributedTo", ProvAttribution),
        ("wasAssociatedWith", ProvAssociation),
        ("actedOnBehalfOf", ProvDelegation),
    ):
        assert len(list(known.get_records(of))) == len(document[relation]) > 0
    assert read(json.loads(known.serialize(format="json"))) == known


def test_both_sides_of_every_relation_are_there_and_of_the_kind_that_the_model_asks_for(producer: Producer) -> None:
    document = made(producer, review="approved", outcome="review")
    for relation, (first, second) in RELATIONS.items():
        for each in document.get(relation, {}).values():
            assert each[f"prov:{first}"] in document[KINDS[first]], relation
            assert each[f"prov:{second}"] in document[KINDS[second]], relation
            assert "prov:plan" not in each or each["prov:plan"] in document["entity"]


def test_the_graph_tells_what_the_answer_came_of(producer: Producer) -> None:
    document = made(producer)
    [retrieval] = typed(document, "activity", "allm:Retrieval")
    [generation] = typed(document, "activity", "allm:Generation")
    [question], [draft] = typed(document, "entity", "allm:Question"), typed(document, "entity", "allm:Draft")
    [answer], [sentence] = typed(document, "entity", "allm:Answer"), typed(document, "entity", "allm:Sentence")
    passages = typed(document, "entity", "allm:Passage")
    assert len(passages) == 2
    used = pairs(document, "used")
    assert {(retrieval, each) for each in [question, *passages]} <= used
    assert {(generation, f"pin:{hashed.removeprefix('sha256:')}") for hashed in PINS.values()} <= used
    assert (draft, generation) in pairs(document, "wasGeneratedBy")
    assert {(answer, draft), (answer, sentence), (sentence, passages[0])} <= pairs(document, "wasDerivedFrom")
    assert (sentence, passages[1]) not in pairs(document, "wasDerivedFrom")


def test_prompt_and_rule_table_are_the_plans_of_generation_and_gate(producer: Producer) -> None:
    document = made(producer)
    plans = {
        (document["activity"][each["prov:activity"]]["prov:type"]["$"], each.get("prov:plan"))
        for each in document["wasAssociatedWith"].values()
    }
    pinned = {hashed: f"pin:{hashed.removeprefix('sha256:')}" for hashed in (PINS["prompt"], RULES)}
    assert plans == {
        ("allm:Retrieval", None),
        ("allm:Generation", pinned[PINS["prompt"]]),
        ("allm:Gate", pinned[RULES]),
    }
    assert set(typed(document, "entity", "prov:Plan")) == set(pinned.values())


def test_a_reviewed_answer_is_the_unit_s_and_the_unit_acts_for_the_authority(producer: Producer) -> None:
    document = made(producer, review="edited", outcome="review")
    [reviewed] = typed(document, "entity", "allm:ReviewedAnswer")
    assert (reviewed, "own:role/caseworker") in pairs(document, "wasAttributedTo")
    acted = pairs(document, "actedOnBehalfOf")
    assert {("own:role/caseworker", "own:unit/Bygg"), ("own:unit/Bygg", f"own:authority/{AUTHORITY}")} <= acted


@pytest.mark.parametrize("content", [False, True])
def test_content_stands_in_the_graph_only_when_it_was_opened(producer: Producer, content: bool) -> None:
    text = json.dumps(made(producer, content=content), ensure_ascii=False)
    assert (SECRET in text) is content
    assert ("Elda inte i april." in text) is content
    assert "k1" not in text


def test_a_decision_that_was_broken_off_still_has_a_graph(producer: Producer) -> None:
    tell(producer)
    for length in range(1, len(producer.leaves) + 1):
        document = provenance_of(AUTHORITY, "d", producer.leaves[:length])
        assert read(document).get_records(ProvAgent)
