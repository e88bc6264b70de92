"""What lies beside a document describes it, or keeps it out; never is something else taken for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from allmanning.ingest.sources.folder_rules import FolderRules, is_document
from allmanning.runtime.errors import InvalidInput


def test_the_nearest_word_wins(tmp_path: Path) -> None:
    (tmp_path / "_folder.yaml").write_text(
        "owner_unit: gata\nsecrecy: open\nshared: yes\nfiles:\n  a.pdf: {secrecy: internal, valid_from: 2026-01-01}\n"
    )
    (tmp_path / "a.pdf.meta.yaml").write_text("owner_unit: park\nretention: P5Y\ntitle:\n")
    rules = FolderRules()
    assert rules.of(tmp_path / "a.pdf") == {
        "owner_unit": "park",
        "secrecy": "internal",
        "shared": "true",
        "valid_from": "2026-01-01",
        "retention": "P5Y",
        "title": "",
    }
    assert rules.of(tmp_path / "b.pdf") == {"owner_unit": "gata", "secrecy": "open", "shared": "true"}


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    "written",
    [
        "secrecy: [",
        "- a",
        "klass: open",
        "1: 2",
        "title: [a]",
        "title: {a: b}",
        "valid_to: 2026-13-45",
        f"{BOMB}title: *j\n",
        "[" * 1_000,
        "title: " + "x" * 1_100_000,
    ],
)
def test_what_can_not_be_understood_is_refused_by_name(tmp_path: Path, written: str) -> None:
    (tmp_path / "a.pdf.meta.yaml").write_text(written)
    with pytest.raises(InvalidInput, match=r"a\.pdf\.meta\.yaml") as refused:
        FolderRules().of(tmp_path / "a.pdf")
    assert refused.value.code == "folder.rules_invalid"


def test_rules_are_read_once_and_stay_refused(tmp_path: Path) -> None:
    (tmp_path / "_folder.yaml").write_text("fel")
    rules = FolderRules()
    for name in ("a.pdf", "b.pdf"):
        with pytest.raises(InvalidInput):
            rules.of(tmp_path / name)


@pytest.mark.parametrize("name", [".a.pdf", "_a.pdf", "_folder.yaml", "a.pdf.meta.yaml"])
def test_what_is_not_a_document(name: str) -> None:
    assert not is_document(name)
    assert is_document("a.pdf")
