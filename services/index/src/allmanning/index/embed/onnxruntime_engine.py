"""The model on onnxruntime, which runs on every processor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]

from allmanning.index.embed.engine import Floats


class OnnxruntimeEngine:
    """Loads the model when made (0.5 s)."""

    def __init__(self, folder: Path) -> None:
        options = onnxruntime.SessionOptions()
        # Parallel work is whole texts on threads of ours: that scales better than threads within a small product.
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])

    def run(self, ids: Sequence[int]) -> tuple[Floats, Floats]:
        vectors, tokens = self._session.run(["embedding", "tokens"], {"input_ids": np.array([ids], np.int64)})
        return vectors[0], tokens[0]
