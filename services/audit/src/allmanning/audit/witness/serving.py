"""Serve a witness over HTTP."""

from __future__ import annotations

import uvicorn

from allmanning.audit.witness.app import create_app
from allmanning.audit.witness.keys import read_keys
from allmanning.audit.witness.settings import WitnessSettings
from allmanning.audit.witness.state import State
from allmanning.audit.witness.witness import Witness


def serve(settings: WitnessSettings) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        NotFound: `witness.no_keys`.
    """
    uvicorn.run(
        create_app(Witness(read_keys(settings.keys_path), State(settings.state_path))),
        host=settings.witness_host,
        port=settings.witness_port,
        log_config=None,
        access_log=False,
        server_header=False,
    )
