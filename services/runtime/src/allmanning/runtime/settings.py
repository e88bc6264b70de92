"""What every service may be told by its environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from `ALLMANNING_<NAME>`; the defaults run on one machine. Each service subclasses this."""

    model_config = SettingsConfigDict(env_prefix="ALLMANNING_", extra="ignore", use_attribute_docstrings=True)

    nats_url: str = "nats://127.0.0.1:4222"
    """Address of the NATS server, or several separated by commas."""

    nats_user: str = ""
    """User of this service in the NATS configuration; empty: no sign-in."""

    nats_password: str = Field(default="", repr=False)
    """Password of that user."""

    data_dir: Path = Path(".data")
    """Folder for what this service keeps on disk."""

    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""

    otlp_endpoint: str = ""
    """Base address of an OTLP/HTTP collector, such as http://collector:4318; empty: no traces leave the process."""

    drain_timeout_s: float = 20.0
    """How long a stopping service may finish what it has begun."""
