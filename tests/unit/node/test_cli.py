"""The command line reads the command that is called, and no other."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from allmanning.node import commands
from allmanning.node.cli import COMMANDS, app

# Parts of the commands `audit` and `log`, in files of their own.
PARTS = {"control", "disclosure", "recall", "sample", "log_state"}


def test_every_module_of_commands_can_be_called() -> None:
    assert set(COMMANDS) | PARTS == {each.name for each in pkgutil.iter_modules(commands.__path__)}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_tells_how_it_is_used(name: str) -> None:
    told = CliRunner().invoke(app, [name, "--help"])
    assert told.exit_code == 0
    assert f"allmanning {name}" in told.output


def test_the_help_lists_every_command() -> None:
    told = CliRunner().invoke(app, ["--help"]).output
    assert all(f" {name} " in told for name in COMMANDS)


def test_an_unknown_command_is_told_so() -> None:
    told = CliRunner().invoke(app, ["nyckel"])
    assert told.exit_code == 2
    assert "nyckel" in told.output


def test_making_a_key_loads_neither_the_web_pages_nor_the_log_nor_a_bus() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from allmanning.node.cli import app\n"
        "CliRunner().invoke(app, ['key', 'create', '--help'])\n"
        "print([name for name in ('fastapi', 'sqlalchemy', 'nats', 'opentelemetry') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
