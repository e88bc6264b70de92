"""Every engine computes the same model. Without bf16 units OpenVINO is asked for float32, on the same graph."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from allmanning.index.embed.convert import ensure_model
from allmanning.index.embed.encoder import Encoder
from allmanning.index.embed.engine import BF16, INT8, Engine
from allmanning.index.embed.onnxruntime_engine import OnnxruntimeEngine
from allmanning.index.embed.projection import reference_texts
from allmanning.index.embed.protocol import PASSAGE_PREFIX

TEXTS = reference_texts()[:12]


def onnxruntime(folder: Path, _: int) -> Engine:
    return OnnxruntimeEngine(folder)


def openvino(folder: Path, threads: int) -> Engine:
    pytest.importorskip("openvino", reason="the extra bf16 is not installed")
    from allmanning.index.embed.openvino_engine import OpenvinoEngine

    return OpenvinoEngine(folder, threads, "f32")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.mark.parametrize("open_engine", [onnxruntime, openvino])
def test_the_float_model_is_near_the_int8_one(open_engine: Callable[[Path, int], Engine], cache: Path) -> None:
    kind = replace(BF16, recipe=open_engine.__name__, open=open_engine)
    plain, int8 = Encoder(ensure_model(cache, kind), 2), Encoder(ensure_model(kind=INT8))
    with ThreadPoolExecutor(2) as threads:
        vectors = np.stack(list(threads.map(lambda text: plain.run(text, PASSAGE_PREFIX), TEXTS)))
    near = (vectors * np.stack([int8.run(text, PASSAGE_PREFIX) for text in TEXTS])).sum(axis=1)
    assert near.min() > 0.99
    assert len(plain.encode(TEXTS[0], PASSAGE_PREFIX).tokens.codes) > 5


def test_each_engine_has_a_folder_and_a_name_of_its_own(cache: Path) -> None:
    other = ensure_model(cache, replace(BF16, open=onnxruntime))
    own = ensure_model(kind=INT8)
    assert other.model != own.model
    assert other.folder.name != own.folder.name
