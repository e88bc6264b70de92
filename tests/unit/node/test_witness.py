from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from allmanning.audit.log.cosignature import CosignerKey
from allmanning.audit.log.note import SigningKey
from allmanning.audit.witness import serving
from allmanning.audit.witness.keys import make_keys
from allmanning.audit.witness.settings import WitnessSettings
from allmanning.audit.witness.state import State
from allmanning.node.cli import app
from allmanning.runtime.errors import InvalidInput, NotFound

LOG = SigningKey.generate("audit.exempelby.allmanning/2026h2").verifier


@pytest.fixture
def run(tmp_path):
    def run(*words: str):
        return CliRunner().invoke(app, ["witness", *words, "--data", str(tmp_path), "--json"])

    return run


def test_a_witness_tells_its_keys_and_learns_logs(run, tmp_path):
    make_keys(tmp_path / "witness" / "witness.key", "vittne.grannby.example")
    vkeys = json.loads(run("vkey").stdout)["vkeys"]
    assert [CosignerKey.parse(each).name for each in vkeys] == ["vittne.grannby.example"] * 2
    assert json.loads(run("add-log", str(LOG)).stdout) == {"origin": LOG.name}
    assert json.loads(run("status").stdout) == {"logs": [{"origin": LOG.name, "size": 0, "refused": 0}]}


def test_what_is_no_key_and_a_witness_without_keys_are_told_of(run):
    assert run("add-log", "nyckel").exit_code == 2
    assert run("vkey").exit_code == 2


@pytest.fixture
def served(monkeypatch):
    apps: list[object] = []
    monkeypatch.setattr(serving.uvicorn, "run", lambda app, **_: apps.append(app))
    return apps


def test_a_witness_that_is_named_makes_its_keys_once_and_knows_the_logs_of_its_file(tmp_path, served):
    logs = tmp_path / "logs"
    logs.write_text(f"# Exempelby\n\n{LOG}\n")
    settings = WitnessSettings(data_dir=tmp_path, witness_name="vittne.example", witness_logs=logs)
    serving.serve(settings)
    key = settings.keys_path.read_bytes()
    serving.serve(settings)
    assert settings.keys_path.read_bytes() == key
    assert State(settings.state_path).origins() == [LOG.name]
    assert len(served) == 2


def test_a_witness_that_can_not_serve_says_why(tmp_path, served):
    with pytest.raises(NotFound, match=r"witness\.no_keys"):
        serving.serve(WitnessSettings(data_dir=tmp_path))
    with pytest.raises(InvalidInput, match=r"witness\.name"):
        serving.serve(WitnessSettings(data_dir=tmp_path, witness_name="ett vittne"))
    settings = WitnessSettings(data_dir=tmp_path, witness_name="v.example", witness_logs=tmp_path / "missing")
    with pytest.raises(InvalidInput, match=r"witness\.logs"):
        serving.serve(settings)
    assert served == []
