"""Run a witness: `python -m allmanning.audit.witness`."""

from __future__ import annotations

import logging
import sys

from allmanning.audit.witness.serving import serve
from allmanning.audit.witness.settings import WitnessSettings
from allmanning.runtime import telemetry
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.run import REFUSED

log = logging.getLogger(__name__)


def main() -> None:
    """Serve until SIGTERM or SIGINT. Exits 78 (EX_CONFIG) when keys or settings are not as they must be."""
    settings = WitnessSettings()
    provider = telemetry.set_up("witness", settings)
    try:
        serve(settings)
    except PlatformError as error:
        log.error("%s: %s", error.code, error.message)
        sys.exit(REFUSED)
    finally:
        provider.shutdown()


if __name__ == "__main__":
    main()
