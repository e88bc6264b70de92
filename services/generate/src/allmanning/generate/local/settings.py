"""What the local model's process may be told by its environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr

from allmanning.runtime.settings import Settings

CONTEXT_TOKENS = 8192
CAPACITY = 2


class LocalModelSettings(Settings):
    """Read from `ALLMANNING_<NAME>`."""

    local_model_file: Path = Path()
    """The GGUF file."""

    local_model_host: str = "127.0.0.1"
    """Address to listen on."""

    local_model_port: int = Field(default=8088, ge=1, le=65535)
    """Port to listen on."""

    local_model_threads: int = Field(default=0, ge=0)
    """Processor cores to use; 0: all but one of this machine's."""

    model_name: str = "local"
    """Name under which it is asked."""

    model_key: SecretStr = SecretStr("")
    """Bearer token that it asks for; empty: none."""

    model_context_tokens: int = Field(default=CONTEXT_TOKENS, ge=256)
    """How much each request may hold, question, passages and answer together."""

    model_capacity: int = Field(default=CAPACITY, ge=1, le=64)
    """Requests that it answers at once; each has a context of its own in memory."""
