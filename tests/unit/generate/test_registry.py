"""The registry of models: what it holds, and at which line it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.generate.model.registry import Model, registry_of
from allmanning.generate.model.registry_file import read_registry
from allmanning.generate.model.server import ModelServer
from allmanning.generate.settings import GenerateSettings
from allmanning.runtime.errors import Refused

WHOLE = """\
models:
  - name: stor
    api: openai
    replicas: [http://gpu-1:8000/v1, http://gpu-2:8000/v1]
    key: {env: STOR_KEY}
    digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
    context_tokens: 32768
    languages: [sv, en]
    highest_secrecy: internal
    approved: true
    capacity: 16
    fallback: liten
  - name: liten
    api: tgi
    replicas: [http://gpu-3:8080]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "modeller.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def refused(folder: Path, text: str) -> str:
    with pytest.raises(Refused) as caught:
        read_registry(written(folder, text))
    assert caught.value.code == "models.invalid"
    return caught.value.message


def test_a_registry_names_who_is_asked_and_who_steps_in(tmp_path: Path) -> None:
    registry = read_registry(written(tmp_path, WHOLE))

    assert [each.name for each in registry.chain] == ["stor", "liten"]
    assert registry.ends_extractive
    assert registry.chain[0].replicas == ("http://gpu-1:8000/v1", "http://gpu-2:8000/v1")
    assert registry.chain[1].highest_secrecy == "open"


def test_the_example_is_a_registry() -> None:
    registry = read_registry(Path(__file__).parents[3] / "infra" / "models.example.yaml")

    assert len(registry.chain) == 2
    assert registry.ends_extractive


def test_first_says_where_the_chain_begins(tmp_path: Path) -> None:
    registry = read_registry(written(tmp_path, WHOLE + "    fallback: none\nfirst: liten\n"))

    assert [each.name for each in registry.chain] == ["liten"]
    assert not registry.ends_extractive


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    api: tgi\n", "", "rad 13: models[2].api saknas"),
        ("api: tgi", "api: ollama", "rad 14: models[2].api ska vara 'tgi' eller 'openai'"),
        ("capacity: 16", "capasity: 16", "rad 11: models[1].capasity är okänt; kända är name, api, replicas, key"),
        ("capacity: 16", "capacity: 0", "rad 11: models[1].capacity är fel"),
        ("fallback: liten", "fallback: mellan", "rad 12: models[1].fallback ska vara ett av: liten, extractive, none"),
        ("[http://gpu-3:8080]", "[gpu-3:8080]", "rad 15: models[2].replicas[1] ska vara en adress"),
        ("[http://gpu-3:8080]", "[http://u:hemligt@gpu-3]", "rad 15: models[2].replicas[1] ska inte innehålla"),
        ("[http://gpu-3:8080]", "[]", "rad 15: models[2].replicas behöver minst en adress"),
        ("gpu-2:8000", "gpu-1:8000", "rad 4: models[1].replicas har samma adress två gånger"),
        ("name: liten", "name: stor", "rad 13: models[2].name stor finns redan"),
        ("name: liten", "name: extractive", "rad 13: models[2].name får inte vara extractive"),
        ("highest_secrecy: internal", "highest_secrecy: all", "rad 9: models[1].highest_secrecy ska vara 'open',"),
        ("{env: STOR_KEY}", "sk-hemligt", "rad 5: models[1].key ska vara {env: NAMN} eller {file: SÖKVÄG}"),
        ("{env: STOR_KEY}", "{}", "rad 5: models[1].key ska vara {env: NAMN} eller"),
        ("    approved: true", "    approved: true\n    approved: false", "rad 11: approved står två gånger"),
        ("models:", "modeller:", "rad 1: models saknas"),
        ("api: tgi", "api: [tgi", "är inte YAML"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    message = refused(tmp_path, WHOLE.replace(old, new, 1))

    assert told in message
    assert "hemligt" not in message


def test_a_chain_that_comes_back_to_itself_is_refused(tmp_path: Path) -> None:
    assert "fallback leder tillbaka till stor" in refused(tmp_path, WHOLE + "    fallback: stor\n")


def test_an_empty_file_and_a_missing_one_are_told_apart(tmp_path: Path) -> None:
    assert "filen är fel" in refused(tmp_path, "")
    with pytest.raises(Refused) as caught:
        read_registry(tmp_path / "ingen.yaml")
    assert caught.value.code == "models.unreadable"


@pytest.mark.parametrize(
    ("highest", "seen"),
    [
        ("open", {Secrecy.OPEN}),
        ("internal", {Secrecy.OPEN, Secrecy.INTERNAL}),
        ("secret", {Secrecy.OPEN, Secrecy.INTERNAL, Secrecy.SECRET, Secrecy.UNSPECIFIED}),
    ],
)
def test_a_class_that_is_not_known_counts_as_secret(highest: str, seen: set[Secrecy]) -> None:
    model = Model.model_validate({"name": "m", "api": "tgi", "highest_secrecy": highest})

    assert {each for each in Secrecy if model.may_see(each)} == seen


def test_the_single_model_of_the_settings_is_a_registry_of_one() -> None:
    settings = GenerateSettings.model_validate(
        {"model_api": "openai", "model_url": "http://a:1/v1, http://b:1/v1", "model_name": "m", "model_key": "k"}
    )
    registry = registry_of(settings)
    assert registry is not None
    [model] = registry.chain
    server = ModelServer.of(model, settings)

    assert (server.urls, server.name, server.key) == (("http://a:1/v1", "http://b:1/v1"), "m", "k")
    assert (model.approved, model.highest_secrecy, registry.ends_extractive) == (False, "open", True)


def test_without_a_model_there_is_no_registry() -> None:
    assert registry_of(GenerateSettings()) is None


def test_a_registry_beside_a_single_model_is_refused(tmp_path: Path) -> None:
    settings = GenerateSettings.model_validate(
        {"model_api": "tgi", "model_url": "http://a:1", "model_registry": written(tmp_path, WHOLE)}
    )
    with pytest.raises(Refused) as caught:
        registry_of(settings)
    assert caught.value.code == "models.ambiguous"


def test_a_key_is_read_from_where_the_registry_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nyckel").write_text("ur-fil\n")
    monkeypatch.setenv("STOR_KEY", "ur-miljö")
    settings = GenerateSettings.model_validate({"model_registry": tmp_path / "x", "model_key": "inställningens"})
    text = WHOLE + f"    key: {{file: {tmp_path / 'nyckel'}}}\n"
    stor, liten = read_registry(written(tmp_path, text)).chain

    assert ModelServer.of(stor, settings).key == "ur-miljö"
    assert ModelServer.of(liten, settings).key == "ur-fil"
    assert ModelServer.of(stor.model_copy(update={"key": None}), settings).key == ""
    monkeypatch.delenv("STOR_KEY")
    with pytest.raises(Refused) as caught:
        ModelServer.of(stor, settings)
    assert caught.value.code == "models.key_missing"
    assert "STOR_KEY" in caught.value.message


def test_a_key_is_never_shown() -> None:
    assert "hemligt" not in repr(ModelServer("http://a:1", "m", key="hemligt"))
