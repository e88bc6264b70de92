"""llama.cpp's own server, in this process."""

from __future__ import annotations

import os
from typing import Protocol, cast

import xllamacpp  # type: ignore[import-untyped]

from allmanning.generate.local.settings import LocalModelSettings


class Listening(Protocol):
    """A server that listens until it is let go of."""

    @property
    def listening_address(self) -> str: ...


def serve(settings: LocalModelSettings) -> Listening:
    """Load the model and listen.

    Raises:
        RuntimeError: the file cannot be loaded; llama.cpp has said why on stderr.
    """
    params = xllamacpp.CommonParams()
    params.model.path = str(settings.local_model_file)
    params.model_alias = {settings.model_name}
    params.hostnames = [settings.local_model_host]
    params.port = settings.local_model_port
    if key := settings.model_key.get_secret_value():
        params.api_keys = [key]
    params.n_parallel = settings.model_capacity
    params.n_ctx = settings.model_context_tokens * settings.model_capacity
    # llama.cpp's threads spin while they wait for one another: with no core left for the rest of the platform, each
    # token waits for a thread that was put aside (measured on 2 busy cores: answers in minutes instead of seconds).
    params.cpuparams.n_threads = settings.local_model_threads or max(1, (os.cpu_count() or 1) - 1)
    # Errors only: what people ask is no business of a log.
    params.verbosity = 1
    # Pages and addresses that show what others ask, or that reach out.
    params.ui = False
    params.endpoint_slots = False
    params.endpoint_props = False
    params.offline = True
    return cast("Listening", xllamacpp.Server(params))
