"""An operator's own pipeline starts only when everything that is read is inspected."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import cast

import pytest

from allmanning.index.embed.protocol import Embedder
from allmanning.index.store.protocol import PassageStore
from allmanning.ingest.inspect import HasRules
from allmanning.ingest.pipeline import IngestPipeline
from allmanning.ingest.sandbox.parse_pool import ParsePool
from allmanning.runtime.errors import Refused

SHIPPED = files("allmanning.ingest").joinpath("pipeline.yaml").read_text(encoding="utf-8")


def load(folder: Path, text: str) -> None:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    nothing = object()
    IngestPipeline(
        cast("ParsePool", nothing),
        cast("HasRules", nothing),
        cast("Embedder", nothing),
        cast("PassageStore", nothing),
        path,
    )


def test_the_shipped_one_loads(tmp_path: Path) -> None:
    load(tmp_path, SHIPPED)


def without_inspect() -> str:
    kept = SHIPPED.replace(
        "  inspect:\n    type: allmanning.ingest.inspect.DocumentInspector\n    init_parameters: {}\n", ""
    )
    lines = [line for line in kept.splitlines() if "receiver: inspect." not in line]
    return "\n".join(lines).replace("sender: inspect.", "sender: read.")


def round_inspect() -> str:
    return SHIPPED.replace("{sender: inspect.extract, receiver: split", "{sender: read.extract, receiver: split")


def another_inspector() -> str:
    return SHIPPED.replace("allmanning.ingest.inspect.DocumentInspector", "allmanning.ingest.extract.DocumentReader")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (without_inspect(), "pipeline.incomplete"),
        (round_inspect(), "pipeline.incomplete"),
        ("components: 7", "pipeline.invalid"),
        (another_inspector(), "pipeline.invalid"),
        (SHIPPED.replace("allmanning.ingest.write.PassageWriter", "os.system"), "pipeline.invalid"),
    ],
)
def test_another_is_refused(tmp_path: Path, text: str, code: str) -> None:
    assert text != SHIPPED
    with pytest.raises(Refused) as refused:
        load(tmp_path, text)

    assert refused.value.code == code
