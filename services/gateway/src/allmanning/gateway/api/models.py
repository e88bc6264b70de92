"""The models that a client may name."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from typing_extensions import TypedDict

from allmanning.gateway.api.chat_request import MODEL
from allmanning.gateway.asker import Keyed
from allmanning.runtime.errors import NotFound

router = APIRouter(tags=["models"])

EMBEDDING_MODEL: Final = "allmanning-embedding"


class Model(TypedDict):
    """A model as OpenAI's API lists it."""

    id: str
    object: str
    created: int
    owned_by: str


class Models(TypedDict):
    """The list of models."""

    object: str
    data: list[Model]


def known_model(name: str, *models: str) -> str:
    """`name`, if it is one of these.

    Raises:
        NotFound: `model.not_found`.
    """
    if name not in models:
        there_is = ", ".join(models)
        raise NotFound(
            "model.not_found", f"Det finns ingen modell som heter {name}. Ange {there_is}. (No such model: {there_is}.)"
        )
    return name


@router.get("/v1/models")
async def models(_asker: Keyed) -> Models:
    """One model for answers, one for embeddings; which ones really work is the authority's choice."""
    return Models(object="list", data=[_model(MODEL), _model(EMBEDDING_MODEL)])


@router.get("/v1/models/{model}")
async def model(model: str, _asker: Keyed) -> Model:
    """One of the models."""
    return _model(known_model(model, MODEL, EMBEDDING_MODEL))


def _model(name: str) -> Model:
    return Model(id=name, object="model", created=0, owned_by=MODEL)
