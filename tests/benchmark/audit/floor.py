"""What the log is compared with: the same bytes, the same rows, and the same ciphers, without a log."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.benchmark.audit.made_records import BATCH, Made, batches


def raw(folder: Path, records: Sequence[Made]) -> float:
    """Seconds to insert the same bytes into one table, and nothing else."""
    db = sqlite3.connect(folder / "raw.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("CREATE TABLE leaves (id TEXT PRIMARY KEY, data BLOB)")
    db.execute("CREATE TABLE parts (record TEXT, name TEXT, data BLOB, PRIMARY KEY (record, name))")
    started = time.perf_counter()
    for _, batch in batches(records):
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT INTO leaves VALUES (?, ?)", [(each.content.record_id, each.leaf) for each in batch])
        db.executemany(
            "INSERT INTO parts VALUES (?, ?, ?)",
            [(each.content.record_id, part.name, part.sealed) for each in batch for part in each.content.parts],
        )
        db.execute("COMMIT")
    seconds = time.perf_counter() - started
    db.close()
    return seconds


def same_tables(folder: Path, count: int) -> float:
    """Seconds to insert the rows that the log has made into the same tables with the same indexes, and nothing else."""
    seconds = 0.0
    for name in ("log.db", "keys.db"):
        made = sqlite3.connect(folder / "audit" / name)
        copy = sqlite3.connect(folder / f"same-{name}", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            copy.execute(f"PRAGMA {pragma}")
        rows: dict[str, list[tuple[object, ...]]] = {}
        for kind, table, sql in made.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"):
            copy.execute(sql)
            if kind == "table":
                rows[table] = made.execute(f'SELECT * FROM "{table}"').fetchall()
        rounds = -(-count // BATCH)
        started = time.perf_counter()
        for number in range(rounds):
            copy.execute("BEGIN IMMEDIATE")
            for table, every in rows.items():
                batch = every[len(every) * number // rounds : len(every) * (number + 1) // rounds]
                if batch:
                    copy.executemany(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(batch[0]))})', batch)
            copy.execute("COMMIT")
        seconds += time.perf_counter() - started
        made.close()
        copy.close()
    return seconds


def ciphers(records: Sequence[Made]) -> float:
    """Processor seconds to open, commit to and seal each part and to hash each leaf: what no log can save."""
    key = AESGCM(os.urandom(32))
    nonce = os.urandom(12)
    parts = [[key.encrypt(nonce, part.sealed[12:-16], b"") for part in each.content.parts] for each in records]
    started = time.process_time()
    for each, sealed in zip(records, parts, strict=True):
        sha256(b"\x00" + each.leaf).digest()
        for part in sealed:
            text = key.decrypt(nonce, part, b"")
            sha256(text).digest()
            key.encrypt(nonce, text, b"")
    return time.process_time() - started
