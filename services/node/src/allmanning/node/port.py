"""Ports of this machine."""

from __future__ import annotations

import socket
from typing import Final

from allmanning.runtime.errors import Conflict

HOST: Final = "127.0.0.1"


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def check_port(port: int) -> None:
    """Raises `Conflict`: `port.in_use`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            text = f"Port {port} används redan av ett annat program. Välj en annan med --port."
            raise Conflict("port.in_use", text) from error
