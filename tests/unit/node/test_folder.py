"""A data folder keeps its secrets to its owner and admits one node at a time."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from allmanning.node.folder import DataFolder, RunningNode
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path).create()
    passwords = folder.passwords()
    assert len(set(passwords.values())) == len(passwords) > 5
    assert DataFolder(tmp_path).passwords() == passwords
    folder.remember_key("exempelby", "admin", "alm_x")
    for path in (tmp_path / "node").glob("*.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_nodes_can_not_share_a_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path).create()
    folder.lock()
    code = (
        "import sys; from pathlib import Path; from allmanning.node.folder import DataFolder\n"
        "folder = DataFolder(Path(sys.argv[1])); assert folder.is_locked(); folder.lock()"
    )
    other = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert Conflict.__name__ in other.stderr
    assert "node.running" in other.stderr


def test_a_folder_without_a_running_node_says_how_to_start_one(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path).create()
    # What a node that was killed left behind.
    folder.announce(RunningNode(1, "http://127.0.0.1:1", "nats://127.0.0.1:1"))
    with pytest.raises(NotFound, match="allmanning up"):
        folder.running()


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="file"):
        DataFolder(tmp_path / "file" / "data").create()
