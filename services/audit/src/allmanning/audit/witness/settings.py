"""What the one who runs a witness may set."""

from __future__ import annotations

from pathlib import Path

from allmanning.runtime.settings import Settings


class WitnessSettings(Settings):
    """Read from `ALLMANNING_<NAME>`."""

    witness_host: str = "127.0.0.1"
    """Address to listen on. Put a TLS-terminating proxy in front before it is anything but this machine."""

    witness_port: int = 8090
    """Port to listen on."""

    witness_name: str = ""
    """Name to make keys under when there are none yet, such as vittne.grannby.se; empty: none are made."""

    witness_logs: Path | None = None
    """File with the public keys (vkeys) of the logs to know, one a line, read at start; empty: those that were added by
    command."""

    @property
    def folder(self) -> Path:
        return self.data_dir / "witness"

    @property
    def keys_path(self) -> Path:
        return self.folder / "witness.key"

    @property
    def state_path(self) -> Path:
        return self.folder / "witness.db"
