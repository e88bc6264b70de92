"""The model on OpenVINO, for processors with bf16 units; the package comes with the extra `bf16`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import openvino  # type: ignore[import-not-found]

from allmanning.index.embed.engine import Floats


class OpenvinoEngine:
    """Loads the model when made (0.5 s).

    Computes on threads of its own, one for each of those that call, but never more than there are processors.
    """

    def __init__(self, folder: Path, threads: int, precision: Literal["bf16", "f32"]) -> None:
        self._model = openvino.Core().compile_model(
            folder / "model.onnx",
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": precision,
                # Parallel work is whole texts: that scales better than threads within a small product.
                "NUM_STREAMS": threads,
                "INFERENCE_NUM_THREADS": threads,
            },
        )
        self._threads = threading.local()

    def run(self, ids: Sequence[int]) -> tuple[Floats, Floats]:
        found = self._request().infer([np.array([ids], np.int64)])
        return found["embedding"][0], found["tokens"][0]

    def _request(self) -> _Request:
        """A request holds the state of one run, so each thread has its own."""
        if not hasattr(self._threads, "request"):
            self._threads.request = self._model.create_infer_request()
        request: _Request = self._threads.request
        return request


class _Request(Protocol):
    """The part of `openvino.InferRequest` that is used; the package may not be there to be read."""

    def infer(self, inputs: list[np.ndarray[tuple[int, int], np.dtype[np.int64]]]) -> dict[str, Floats]: ...
