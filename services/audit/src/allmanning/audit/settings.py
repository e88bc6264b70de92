"""What the audit service may be told by its environment."""

from __future__ import annotations

from pathlib import Path

from allmanning.runtime.settings import Settings


class AuditSettings(Settings):
    """Read from `ALLMANNING_<NAME>`."""

    rules_path: Path | None = None
    """Decision table to use instead of the one that comes with the service."""
