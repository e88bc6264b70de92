"""What the audit service may be told by its environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from allmanning.runtime.settings import Settings


class AuditSettings(Settings):
    """Read from `ALLMANNING_<NAME>`."""

    rules_path: Path | None = None
    """Decision table to use instead of the one that comes with the service."""

    audit_database_url: str = Field(default="", repr=False)
    """SQLAlchemy address of the log's database, such as postgresql+psycopg://user:password@host/audit; empty: SQLite in
    the data folder."""

    audit_lock_url: str = Field(default="", repr=False)
    """Address of the database that remembers what was signed; empty: SQLite in the data folder. Never the database of
    the log: one backup must not take both back."""

    siem_target: str = ""
    """Where the log's events about reading, export, configuration, review and erasure are pushed: file:///path,
    tcp://host:601 or tls://host:6514 (syslog). Empty: nowhere."""

    siem_format: Literal["cef", "ocsf"] = "cef"
    """Common Event Format, or Open Cybersecurity Schema Framework."""

    siem_ca: Path | None = None
    """PEM file of the certificate authorities to trust for tls://; empty: the system's."""
