"""The example of sources/README.md works as it stands there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from allmanning.ingest.sources import kinds
from tests.integration.ingest.sources.asking import Asking, figures


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package with the example's code and entry point, installed as pip would."""
    readme = (files("allmanning.ingest.sources") / "README.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    (entry,) = re.findall(r"^    (register = .*)$", readme, re.MULTILINE)
    site = tmp_path / "site"
    described = site / "register_source-1.0.dist-info"
    described.mkdir(parents=True)
    (site / "register_source.py").write_text(code)
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: register-source\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text(f"[{kinds.GROUP}]\n{entry.replace(chr(34), '')}\n")
    monkeypatch.syspath_prepend(site)
    kinds.kinds.cache_clear()
    yield
    kinds.kinds.cache_clear()


@pytest.mark.usefixtures("installed")
async def test_example_of_the_readme_brings_documents(asking: Asking, watched: Path) -> None:
    (watched / "a.txt").write_text("Bygglov ges.")
    (watched / "b.txt").write_text("Bygglov ges inte.")
    rows = [
        {"number": "BN 2026-1", "title": "Beslut ett", "changed": "1", "file": "a.txt"},
        {"number": "BN 2026-2", "title": "Beslut två", "changed": "1", "file": "b.txt"},
        {"number": "KS 2026-1", "title": "Annat", "changed": "1", "file": "b.txt"},
    ]
    listing = watched / "lista.json"
    listing.write_text(json.dumps(rows))
    await asking.put("register", str(listing), series="BN")
    assert figures(await asking.run()) == {"found": 2, "added": 2}
    version = (await asking.settled())["BN 2026-1"].version
    assert version
    assert (version.title, version.document_type) == ("Beslut ett", "beslut")
    (watched / "b.txt").unlink()
    listing.write_text(json.dumps([rows[0], rows[1] | {"changed": "2"}]))
    assert figures(await asking.run()) == {"found": 1, "unchanged": 1, "removed": 1}


@pytest.mark.usefixtures("installed")
async def test_fault_in_an_added_kind_is_told_and_stops_nothing(
    asking: Asking, watched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (watched / "a.txt").write_text("Bygglov ges.")
    listing = watched / "lista.json"
    listing.write_text(json.dumps([{"number": "1", "title": "Ett", "changed": "1", "file": "a.txt"}]))
    await asking.put("register", str(listing))
    monkeypatch.setattr("shutil.copyfile", lambda *_: 1 / 0)
    run = await asking.run()
    assert (figures(run), "source.item_broken" in run.reason) == ({"found": 1, "failed": 1}, True)
    listing.write_text('[{"fel": 1}]')
    assert (await asking.run()).code == "source.failed"
