"""Run a witness: `python -m allmanning.audit.witness`."""

from __future__ import annotations

import logging
import sys

import uvicorn

from allmanning.audit.witness.app import create_app
from allmanning.audit.witness.keys import read_keys
from allmanning.audit.witness.settings import WitnessSettings
from allmanning.audit.witness.state import State
from allmanning.audit.witness.witness import Witness
from allmanning.runtime import telemetry
from allmanning.runtime.errors import PlatformError

log = logging.getLogger(__name__)


def main() -> None:
    """Serve until SIGTERM or SIGINT. Exits 78 (EX_CONFIG) when there are no keys."""
    settings = WitnessSettings()
    provider = telemetry.set_up("witness", settings)
    try:
        keys = read_keys(settings.keys_path)
    except PlatformError as error:
        log.error("%s: %s", error.code, error.message)
        sys.exit(78)
    try:
        uvicorn.run(
            create_app(Witness(keys, State(settings.state_path))),
            host=settings.witness_host,
            port=settings.witness_port,
            log_config=None,
            access_log=False,
            server_header=False,
        )
    finally:
        provider.shutdown()


if __name__ == "__main__":
    main()
