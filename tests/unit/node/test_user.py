"""`allmanning user`: the first account of an installation, on its own machine."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from allmanning.gateway.keyring import Keyring
from allmanning.gateway.signin.accounts import Accounts
from allmanning.gateway.signin.invitations import Invitations
from allmanning.node.cli import app

ANNA = "anna@exempelby.se"


def run(data, *arguments: str, exit_code: int = 0) -> dict:
    command = ["user", *arguments, "--authority", "exempelby", "--data", str(data), "--json"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == exit_code, done.output
    return json.loads(done.output) if exit_code == 0 else {}


def test_an_account_is_made_listed_reset_and_closed(tmp_path):
    made = run(tmp_path, "create", ANNA, "--role", "admin")
    keyring = Keyring(tmp_path)
    keyring.warm_up()
    invitations, accounts = Invitations(keyring.database), Accounts(keyring.database)
    first = made["link"].partition("token=")[2]
    assert invitations.invited(first).name == ANNA
    run(tmp_path, "create", ANNA.upper(), "--role", "admin", exit_code=2)

    second = run(tmp_path, "reset", ANNA)["link"].partition("token=")[2]
    assert invitations.invited(first) is None
    assert invitations.invited(second).id == made["id"]

    run(tmp_path, "disable", ANNA)
    assert invitations.invited(second) is None
    assert accounts.local("exempelby", ANNA) is None
    [listed] = run(tmp_path, "list")["users"]
    assert (listed["name"], listed["role"], listed["disabled"]) == (ANNA, "admin", True)
    run(tmp_path, "disable", ANNA, "--undo")
    assert accounts.local("exempelby", ANNA).id == made["id"]
    run(tmp_path, "reset", "bo", exit_code=2)
    keyring.close()
