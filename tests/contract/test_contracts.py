"""The contracts hold together: subjects match the .proto files, committed code and configuration are fresh."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from allmanning.runtime import subjects
from allmanning.runtime.permissions import SERVICES, server_conf

ROOT = Path(__file__).resolve().parents[2]


def rpcs() -> set[str]:
    """Subjects that the services in the .proto files promise: `<package>.v1.<method in snake case>`."""
    found = set()
    for file in (ROOT / "proto").glob("*/v1/*.proto"):
        for method in re.findall(r"^\s+rpc (\w+)\(", file.read_text(), re.MULTILINE):
            snake = re.sub(r"(?<!^)(?=[A-Z])", "_", method).lower()
            found.add(f"{file.parent.parent.name}.v1.{snake}")
    return found


def test_every_rpc_has_its_subject_and_every_subject_its_rpc() -> None:
    spelled = {value for name, value in vars(subjects).items() if name.isupper()}
    assert spelled == rpcs()


def test_every_request_subject_has_one_service_that_may_answer_it() -> None:
    for subject in rpcs():
        service = subject.partition(".")[0]
        assert f"{service}.v1.*" in SERVICES[service].subscribe


def test_the_nats_configuration_in_infra_is_fresh() -> None:
    assert (ROOT / "infra/nats/server.conf").read_text() == server_conf()


def test_the_generated_code_is_fresh(tmp_path: Path) -> None:
    template = (ROOT / "buf.gen.yaml").read_text().replace("proto/src/allmanning/contracts", str(tmp_path))
    subprocess.run(["buf", "generate", "--template", template], cwd=ROOT, check=True)
    generated = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*_pb.py"))
    assert generated
    committed = ROOT / "proto/src/allmanning/contracts"
    for path in generated:
        assert (committed / path).read_text() == (tmp_path / path).read_text(), path


@pytest.mark.parametrize("folder", ["proto", "services", "infra", "tests"])
def test_no_file_of_ours_is_longer_than_a_reader_holds(folder: str) -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / folder).rglob("*.py")
        if "contracts" not in path.parts and (lines := len(path.read_text().splitlines())) > 300
    }
    assert not long
