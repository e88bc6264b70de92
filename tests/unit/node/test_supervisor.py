"""What the node tells its services."""

from __future__ import annotations

from pathlib import Path

import pytest

from allmanning.node.folder import DataFolder
from allmanning.node.supervisor import Supervisor


@pytest.mark.parametrize("reindex", [True, False])
def test_re_indexing_is_asked_of_the_index_process_only_when_the_operator_asks(tmp_path: Path, reindex: bool) -> None:
    supervisor = Supervisor(DataFolder(tmp_path).create(), 8080, reindex=reindex)
    environment = supervisor._service("index", "secret").environment
    assert environment.get("ALLMANNING_REINDEX") == ("true" if reindex else None)
