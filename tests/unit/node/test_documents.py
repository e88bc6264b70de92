"""Which files are handed in, under which identity, and what their folder says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from allmanning.node.documents import documents
from allmanning.runtime.errors import InvalidInput


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "under").mkdir()
    for name in ("a.md", "b.pdf", "under/c.txt", ".hidden", "_draft.md", "under/.d"):
        (tmp_path / name).write_text("text")
    return tmp_path


def test_a_folder_gives_its_files_by_path_without_hidden_ones(folder: Path) -> None:
    assert [file.uri for file in documents([folder])] == ["a.md", "b.pdf", "under/c.txt"]


def test_a_single_file_is_known_by_its_name(folder: Path) -> None:
    assert [file.uri for file in documents([folder / "under" / "c.txt"])] == ["c.txt"]


def test_rules_give_defaults_to_a_folder_and_overrides_to_a_file(folder: Path) -> None:
    (folder / "_folder.yaml").write_text(
        "secrecy: open\nshared: true\nfiles:\n  b.pdf: {secrecy: internal, uri: https://exempelby.example/b}\n"
    )
    found = {file.uri: file.metadata for file in documents([folder])}
    assert found["a.md"] == {"secrecy": "open", "shared": "true"}
    assert found["https://exempelby.example/b"] == {"secrecy": "internal", "shared": "true"}
    assert found["under/c.txt"] == {}


@pytest.mark.parametrize(
    "rules", ["secrecy: [", "just text", "sekretess: öppen", "files:\n  a.md: {klass: open}", "files: [a.md]"]
)
def test_rules_that_can_not_be_understood_are_refused_by_name(folder: Path, rules: str) -> None:
    (folder / "_folder.yaml").write_text(rules)
    with pytest.raises(InvalidInput, match=r"_folder\.yaml") as refused:
        documents([folder])
    assert refused.value.code == "folder.rules_invalid"


def test_a_path_that_is_not_there_is_refused(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="saknas") as refused:
        documents([folder / "saknas"])
    assert refused.value.code == "path.not_found"
