"""The model on onnxruntime: texts to unit vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from allmanning.index.embed.tokenizer import Tokenizer

DIMENSION = 384


class Encoder:
    """Loads tokenizer and model when made (0.5 s).

    Calls block but let other threads run, and several threads may call at once.
    """

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer(folder)
        options = onnxruntime.SessionOptions()
        # Parallel work is whole texts on threads of ours: that scales better than threads within a small product.
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])

    def run(self, text: str, prefix: str) -> NDArray[np.float32]:
        """The vector of the text, (384,). What exceeds the model's window is not seen."""
        [ids] = self.tokenizer.encode([text], prefix)
        [vectors] = self._session.run(["embedding"], {"input_ids": np.array([ids], np.int64)})
        vector: NDArray[np.float32] = vectors[0]
        return vector
