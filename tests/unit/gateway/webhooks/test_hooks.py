"""The secrets of webhooks lie sealed, each for its webhook alone."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from allmanning.gateway.kept_key import kept_key
from allmanning.gateway.webhooks.database import open_webhooks
from allmanning.gateway.webhooks.hook import Hook
from allmanning.gateway.webhooks.hooks import Hooks
from allmanning.gateway.webhooks.signature import new_secret
from allmanning.runtime.errors import Conflict

URL = "https://arende.exempelby.se/"
KEY, OTHER = b"k" * 32, b"o" * 32


@pytest.fixture
def database(tmp_path):
    with closing(open_webhooks(tmp_path)) as opened:
        yield opened


def hooks_with(database, key: bytes) -> Hooks:
    """As a gateway that starts with this key has them."""
    hooks = Hooks(database, threading.Lock(), key)
    hooks.warm_up()
    return hooks


def made(database) -> Hook:
    return hooks_with(database, KEY).add("exempelby", URL, ["review.opened"], 1.0)


def test_no_secret_is_on_disk_and_it_signs_after_a_restart(database, tmp_path):
    hook = made(database)
    changed = hooks_with(database, KEY).rotate("exempelby", hook.id, 2.0)

    assert hooks_with(database, KEY).one("exempelby", hook.id).secrets(3.0) == [changed.secret, hook.secret]
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("webhooks.db*"))
    assert hook.secret not in stored
    assert changed.secret not in stored
    assert repr(hook.secret) not in repr(hook)


def test_what_an_earlier_release_left_open_is_sealed_and_goes_on(database):
    hook, secret = made(database), new_secret()
    database.execute("UPDATE hook SET secret = ?, former = ?", (secret, secret[::-1]))

    found = hooks_with(database, KEY).one("exempelby", hook.id)
    assert (found.secret, found.former, found.state) == (secret, secret[::-1], "active")
    assert secret not in database.execute("SELECT secret FROM hook").fetchone()["secret"]


def test_with_another_key_a_webhook_is_silent_until_its_secret_is_changed_or_the_key_is_back(database):
    hook, second = made(database), made(database)
    other = hooks_with(database, OTHER)
    silent = other.one("exempelby", hook.id)
    assert (silent.state, silent.secret) == ("disabled", b"")
    assert "nyckelfilen" in silent.reason
    with pytest.raises(Conflict, match="nyckelfilen"):
        other.change("exempelby", hook.id, url="", kinds=[], active=True)
    other.rotate("exempelby", hook.id, 2.0)
    assert other.change("exempelby", hook.id, url="", kinds=[], active=True).state == "active"

    back = hooks_with(database, KEY)
    assert back.change("exempelby", second.id, url="", kinds=[], active=True).secret == second.secret


def test_a_secret_moved_to_another_webhook_does_not_open(database):
    first, second = made(database), made(database)
    database.execute("UPDATE hook SET secret = (SELECT secret FROM hook WHERE id = ?)", (first.id,))

    assert hooks_with(database, KEY).one("exempelby", second.id).state == "disabled"


def test_a_key_file_is_made_once_and_is_for_this_user_only(tmp_path):
    path = tmp_path / "keys" / "sealing.key"

    assert kept_key(path) == kept_key(path)
    assert len(path.read_bytes()) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
