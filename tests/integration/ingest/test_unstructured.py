"""An operator may give kinds of files to `unstructured`: it reads them in the same confinement."""

from __future__ import annotations

import io
from importlib.resources import files
from pathlib import Path

import docx
import yaml

from allmanning.contracts.ingest.v1.ingest_pb import State
from allmanning.ingest.read.media_type import DOCX
from tests.integration.ingest.running import Ingest


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Delegationsordning", 1)
    document.add_paragraph("Nämnden delegerar följande ärenden:")
    document.add_paragraph("Bygglov inom detaljplan", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip([*table.rows[0].cells, *table.rows[1].cells], ["Nr", "Ärende", "1", "Lov"], strict=True):
        cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pipeline(folder: Path) -> Path:
    """The pipeline of this release, with Word given to `unstructured`."""
    content = yaml.safe_load(files("allmanning.ingest").joinpath("pipeline.yaml").read_text(encoding="utf-8"))
    content["components"]["read"]["init_parameters"]["unstructured"] = [DOCX]
    path = folder / "pipeline.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


async def test_a_kind_given_to_unstructured_is_read_by_it(stopped: Ingest, tmp_path: Path) -> None:
    stopped.settings.ingest_pipeline = pipeline(tmp_path)
    async with stopped.running():
        document = await stopped.ingest("ordning.docx", word())

        assert document.state is State.INDEXED, document.reason
        assert document.version is not None
        assert document.version.title == "Delegationsordning"
        assert await stopped.text(document.version.version) == (
            "Delegationsordning\n\nNämnden delegerar följande ärenden:\n\n"
            "- Bygglov inom detaljplan\n\nNr | Ärende\n1 | Lov"
        )
