"""Tables of the log. Leaves and nodes are only ever inserted; parts are what may be erased."""

from __future__ import annotations

from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS logs (
    id INTEGER PRIMARY KEY,
    origin TEXT NOT NULL UNIQUE,
    authority TEXT NOT NULL,
    period TEXT NOT NULL,
    size INTEGER NOT NULL DEFAULT 0,
    signed INTEGER NOT NULL DEFAULT 0,
    note TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS leaves (
    log INTEGER NOT NULL REFERENCES logs (id),
    idx INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    authority TEXT NOT NULL,
    decision TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (log, idx)
);
CREATE INDEX IF NOT EXISTS leaves_of_decision ON leaves (authority, decision);
CREATE TABLE IF NOT EXISTS nodes (
    log INTEGER NOT NULL,
    level INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (log, level, idx)
) WITHOUT ROWID;
-- The commitment is part of the key: content that belongs to no leaf can't stand in the way of content that does.
CREATE TABLE IF NOT EXISTS parts (
    record TEXT NOT NULL,
    name TEXT NOT NULL,
    commitment TEXT NOT NULL,
    authority TEXT NOT NULL,
    salt BLOB NOT NULL,
    content BLOB NOT NULL,
    retention TEXT NOT NULL,
    PRIMARY KEY (record, name, commitment)
);
CREATE TABLE IF NOT EXISTS pins (
    authority TEXT NOT NULL,
    hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (authority, hash)
);
-- Both tables below can be made again from the leaves. `place` counts an authority's leaves from 1, over all its logs.
CREATE TABLE IF NOT EXISTS decisions (
    authority TEXT NOT NULL,
    decision TEXT NOT NULL,
    place INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    rule_id TEXT NOT NULL DEFAULT '',
    channel TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (authority, decision)
);
CREATE INDEX IF NOT EXISTS decisions_by_place ON decisions (authority, place);
CREATE TABLE IF NOT EXISTS reviews (
    authority TEXT NOT NULL,
    decision TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    closed_by TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (authority, decision)
);
-- Last message of the leaf stream up to which every message is taken in.
CREATE TABLE IF NOT EXISTS progress (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL);
INSERT OR IGNORE INTO progress VALUES (1, 0);
-- Messages that came before one that precedes them in the stream. Empty data: no leaf.
CREATE TABLE IF NOT EXISTS waiting (sequence INTEGER PRIMARY KEY, id TEXT, data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS waiting_by_id ON waiting (id);
"""
