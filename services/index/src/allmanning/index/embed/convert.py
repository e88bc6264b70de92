"""Turns the installed weights into what the local embedder runs, once, and keeps the result.

The result stands in a folder named after the weights and the engine's recipe.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from allmanning.index.embed import weights
from allmanning.index.embed.engine import EngineKind, chosen_here
from allmanning.index.embed.projection import reference_texts, write_projection
from allmanning.index.embed.protocol import PASSAGE_PREFIX
from allmanning.runtime.artefact import default_cache, made_once


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The folder of a converted model, the name that its vectors carry, and the engine that it is made for."""

    folder: Path
    model: str
    kind: EngineKind


def ensure_model(cache: Path | None = None, kind: EngineKind | None = None) -> ModelFiles:
    """The model converted for `kind`, or for this machine's best engine; made now if it is missing (2 s, 370 MB).

    Raises `WeightsError` when the weights are not installed and `OSError` when the cache cannot be written.
    """
    kind = kind or chosen_here()
    source = weights.installed()
    digest = weights.digest(source)
    folder = (cache or default_cache()) / f"{digest[:16]}-{kind.recipe}"
    made_once(folder, lambda draft: _convert(source, kind, draft))
    return ModelFiles(folder, f"multilingual-e5-small/{kind.recipe}@sha256:{digest}", kind)


def _convert(source: Path, kind: EngineKind, folder: Path) -> None:
    # The onnx package is needed only here: an embedder that finds its model never loads it.
    from allmanning.index.embed.encoder import Network
    from allmanning.index.embed.graph import write_graph
    from allmanning.index.embed.vocabulary import write_vocabulary

    opened = weights.Weights(source)
    write_graph(opened, kind.linear, folder)
    write_vocabulary(opened, folder)
    network = Network(folder, kind)
    write_projection(np.concatenate([network.run(text, PASSAGE_PREFIX)[2] for text in reference_texts()]), folder)
