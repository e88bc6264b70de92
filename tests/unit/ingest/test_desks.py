"""Files lie in folders of their process while they are read, and nothing is left of processes that are gone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from allmanning.ingest.desks import Desks

LEAVING = """
import os, sys
from pathlib import Path
from allmanning.ingest.desks import Desks
with Desks(Path(sys.argv[1])).desk() as desk:
    (desk / "original").write_bytes(b"secret")
    os._exit(1)
"""


def test_a_second_process_leaves_the_first_ones_files_alone(tmp_path: Path) -> None:
    first = Desks(tmp_path)
    with first.desk() as desk:
        (desk / "original").write_text("Taxa")
        with Desks(tmp_path).desk() as other:
            assert other.parent != desk.parent
        assert (desk / "original").read_text() == "Taxa"
    assert not desk.exists()


def test_what_a_killed_process_left_is_removed_when_another_starts(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", LEAVING, str(tmp_path)], check=False)
    assert [each.name for each in tmp_path.rglob("original")] == ["original"]
    # An earlier release had no locks.
    (tmp_path / "reading-old").mkdir()
    own = Desks(tmp_path)
    assert list(tmp_path.rglob("original")) == []
    assert len([each for each in tmp_path.iterdir() if each.is_dir()]) == 1
    with own.desk() as desk:
        assert desk.is_dir()
