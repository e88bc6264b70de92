"""The models there are and how their servers are, for whoever looks after them."""

from __future__ import annotations

from collections.abc import Sequence

from allmanning.contracts.generate.v1.generate_pb import GetSetupResponse
from allmanning.generate.draft import Answerer
from allmanning.generate.model.registry import EXTRACTIVE, Model, Registry


def standing_of(answerer: Answerer, registry: Registry | None) -> Sequence[GetSetupResponse.Model]:
    """Those that are asked in their order, with their servers, then those of the registry that nobody asks."""
    if registry is None:
        return [_extractive(1)]
    chain = registry.chain
    replicas = _replicas(answerer)
    asked = [_told(model, turn, replicas.get(model.name, ())) for turn, model in enumerate(chain, 1)]
    if registry.ends_extractive:
        asked.append(_extractive(len(asked) + 1))
    return [*asked, *(_told(model, 0, ()) for model in registry.models if model not in chain)]


def _replicas(answerer: Answerer) -> dict[str, Sequence[GetSetupResponse.Replica]]:
    from allmanning.generate.model.answerer import ModelAnswerer
    from allmanning.generate.model.chain import Chain

    links = answerer.links if isinstance(answerer, Chain) else ()
    return {
        each.name: [GetSetupResponse.Replica(**standing._asdict()) for standing in each.answerer.replicas]
        for each in links
        if isinstance(each.answerer, ModelAnswerer)
    }


def _told(model: Model, turn: int, replicas: Sequence[GetSetupResponse.Replica]) -> GetSetupResponse.Model:
    return GetSetupResponse.Model(
        name=model.name,
        api=model.api,
        digest=model.digest,
        context_tokens=model.context_tokens,
        languages=list(model.languages),
        highest_secrecy=model.highest_secrecy,
        approved=model.approved,
        fallback=model.fallback,
        turn=turn,
        replicas=list(replicas),
    )


def _extractive(turn: int) -> GetSetupResponse.Model:
    """The documents' own sentences: nothing leaves the machine, and nothing is worded."""
    return GetSetupResponse.Model(
        name=EXTRACTIVE, api=EXTRACTIVE, highest_secrecy="secret", approved=True, fallback="none", turn=turn
    )
