"""What a test changes behind the gateway's back: time passes, for sessions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def age_sessions(data_dir: Path, *, by_s: float) -> None:
    """Let this time have passed since every session was opened, used and proved."""
    with closing(sqlite3.connect(data_dir / "gateway" / "keys.db")) as database:
        database.execute(
            "UPDATE session SET opened_at = opened_at - ?1, seen_at = seen_at - ?1, fresh_at = fresh_at - ?1,"
            " expires_at = expires_at - ?1",
            (by_s,),
        )
        database.commit()
