"""Serve HTTP: `python -m allmanning.gateway`."""

from __future__ import annotations

import signal
import sys
import tempfile
from types import FrameType

import uvicorn

from allmanning.gateway.app import NAME, create_app
from allmanning.gateway.settings import GatewaySettings
from allmanning.runtime import telemetry


def _stop(_signum: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def main() -> None:
    """Serve until SIGTERM or SIGINT, then let streams that have begun finish. Exits 0 after a clean stop."""
    # uvicorn drains on these signals and then raises them again for whoever handled them before it.
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, _stop)
    settings = GatewaySettings()
    settings.upload_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # The form parser puts uploads there: unlinked files, which end with the process.
    tempfile.tempdir = str(settings.upload_folder)
    provider = telemetry.set_up(NAME, settings)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            host=settings.gateway_host,
            port=settings.gateway_port,
            lifespan="on",
            # Our own handler writes JSON; our own middleware writes the line of each request, without its query.
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=round(settings.drain_timeout_s),
        )
    )
    try:
        server.run()
    finally:
        provider.shutdown()
    if not server.started:
        sys.exit(1)


if __name__ == "__main__":
    main()
