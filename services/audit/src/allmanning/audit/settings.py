"""What the audit service may be told by its environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from allmanning.runtime.settings import Settings


class AuditSettings(Settings):
    """Read from `ALLMANNING_<NAME>`."""

    rules_path: Path | None = None
    """National decision table to use instead of the one that comes with the service."""

    rules_check_every: int = Field(default=10, ge=1)
    """Each verdict of this many is also worked out by a second program; where they differ, a person decides."""

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

    review_claim_minutes: int = Field(default=30, ge=1)
    """How long a caseworker has a review that they have taken; working on it lengthens the time."""

    review_deadline_hours: int = Field(default=24, ge=1)
    """When a review must be closed, where the rule does not say."""

    contest_deadline_hours: int = Field(default=168, ge=1)
    """When a contest must be tried, where whoever took it in named no day. GDPR 12.3 gives a month to answer in."""

    contact_deadline_hours: int = Field(default=24, ge=1)
    """When somebody who asked for a person must have been reached: FL 6 § wants it without undue delay."""

    review_second_share: float = Field(default=0.0, ge=0, le=1)
    """Share of approvals that a second person must look at, drawn by chance; 0: only where a rule demands it."""

    oversight_least_group: int = Field(default=5, ge=2)
    """How many reviewers a team must have for its figures to be shown."""

    backup_days: int = Field(default=35, ge=0)
    """How long the oldest backup of keys and database is kept; an erasure's receipt says until when one may remain."""

    tiles_dir: Path | None = None
    """Folder for the logs' public files (C2SP tlog-tiles); empty: `audit/tiles` in the data folder. The gateway reads
    the same setting."""

    publish_every_s: float = 1.0
    """How often the public files and the witnesses are brought up to the newest checkpoint."""

    witness_policy: Path | None = None
    """File with the witnesses and the quorum (C2SP tlog-policy); empty: the logs are not witnessed."""

    witness_alarm_after_s: float = 3600.0
    """How old a record may be that no quorum of witnesses has seen, before it is logged as an error."""

    seal_grace_s: float = 86_400.0
    """How long after a half-year its log still takes in late records, before it is sealed."""

    seal_most_gap_days: int = Field(default=30, ge=1)
    """How old the newest record may be when the service starts for its clock to be believed: a log that was quiet for
    longer is sealed by `allmanning log seal`."""

    log_ml_dsa: bool = False
    """Sign checkpoints with ML-DSA-44 too, against those who will have quantum computers."""

    audit_keys_url: str = Field(default="", repr=False)
    """Address of the database of the content's keys; empty: SQLite in the data folder. What is erased lives on in its
    backups: keep them for a shorter time than an erasure is promised in."""

    audit_root_key_file: Path | None = None
    """File with the key above all keys of the content, made when nothing is sealed yet; empty: `audit/keys/root.key` in
    the data folder. Best kept where no backup of the data folder has it."""
