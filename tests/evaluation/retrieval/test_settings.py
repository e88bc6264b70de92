"""A settings file is read whole, or refused with what is wrong in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from allmanning.node.evaluate.settings import SearchSettings, read_settings
from allmanning.node.evaluate.vocabulary import read_vocabulary
from allmanning.runtime.errors import InvalidInput


def write(folder: Path, text: str) -> Path:
    file = folder / "sok.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "egen.yaml").write_text("{}")
    settings = read_settings(write(tmp_path, "pipeline: egen.yaml\ntei_reranker_url: http://reranker:80\n"))
    assert settings == SearchSettings(pipeline=tmp_path / "egen.yaml", tei_reranker_url="http://reranker:80")


def test_an_empty_file_is_the_search_as_it_ships(tmp_path: Path) -> None:
    assert read_settings(write(tmp_path, "# inget\n")) == SearchSettings()


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("pipelines: egen.yaml", "evaluation.settings_invalid", "fel i pipelines. Kända inställningar: pipeline, syn"),
        ("pipeline: [1]", "evaluation.settings_invalid", "fel i pipeline."),
        ("- pipeline", "evaluation.settings_invalid", "fel i filen."),
        ("pipeline: {", "evaluation.settings_invalid", "inte YAML"),
        ("pipeline: borta.yaml", "evaluation.file_missing", "borta.yaml"),
        ("synonyms: borta.yaml", "evaluation.file_missing", "borta.yaml"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, code: str, named: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_settings(write(tmp_path, text))
    assert caught.value.code == code
    assert named in caught.value.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"sok\.yaml"):
        read_settings(tmp_path / "sok.yaml")


async def test_own_words_are_read_as_the_command_that_sets_them_does(tmp_path: Path) -> None:
    (tmp_path / "ord.yaml").write_text(
        "dagis: [förskola]\nsoptipp: [återvinningscentral, tipp]\nbarnis*: [barnomsorg]\n"
    )
    words = await read_vocabulary(tmp_path / "ord.yaml").own_words("vilken-som-helst")
    assert words.rows.official("dagis") == ("förskola",)
    assert words.rows.official("soptippen") == ("återvinningscentral", "tipp")
    assert words.rows.official("barnisavgift") == ["barnomsorg", "avgift"]


@pytest.mark.parametrize("text", ["", "- dagis", "dagis: []", "två ord: [ett]", "dagis: ['']"])
def test_words_that_are_no_words_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "ord.yaml").write_text(text)
    with pytest.raises(InvalidInput) as caught:
        read_vocabulary(tmp_path / "ord.yaml")
    assert caught.value.code == "synonyms.invalid"
