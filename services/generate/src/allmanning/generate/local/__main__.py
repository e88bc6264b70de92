"""Serve one GGUF file over HTTP with llama.cpp until stopped."""

from __future__ import annotations

import importlib.util
import logging
import os
import signal
import sys
import threading
from types import FrameType

from allmanning.generate.local.settings import LocalModelSettings
from allmanning.runtime import telemetry
from allmanning.runtime.run import REFUSED

log = logging.getLogger(__name__)


def main() -> None:
    """Exits 0 when stopped, and `REFUSED` when the model cannot be loaded: trying again would not help."""
    settings = LocalModelSettings()
    telemetry.set_up("model", settings)
    stopped = threading.Event()

    def stop(_signum: int, _frame: FrameType | None) -> None:
        stopped.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, stop)
    if importlib.util.find_spec("xllamacpp") is None:
        log.error("llama.cpp är inte installerat: pip install 'allmanning-generate[local]'. (Not installed.)")
        sys.exit(REFUSED)
    from allmanning.generate.local.llama import serve

    try:
        server = serve(settings)
    except RuntimeError as error:
        log.error("llama.cpp kunde inte läsa in %s: %s", settings.local_model_file, error)
        sys.exit(REFUSED)
    log.info("the model is ready at %s", server.listening_address)
    stopped.wait()
    # Its threads do not end while a client is connected; nothing is kept that a hard end could lose.
    os._exit(0)


if __name__ == "__main__":
    main()
