"""Serve a witness over HTTP."""

from __future__ import annotations

import logging

import uvicorn

from allmanning.audit.log.cosignature import CosigningKey
from allmanning.audit.log.note import BadNote
from allmanning.audit.witness.app import create_app
from allmanning.audit.witness.keys import make_keys, read_keys
from allmanning.audit.witness.settings import WitnessSettings
from allmanning.audit.witness.state import State
from allmanning.audit.witness.witness import Witness
from allmanning.runtime.errors import InvalidInput

log = logging.getLogger(__name__)


def serve(settings: WitnessSettings) -> None:
    """Serve until SIGTERM or SIGINT; makes the keys first when there are none and the settings name the witness.

    Raises:
        NotFound: `witness.no_keys`. InvalidInput: `witness.name`, `witness.logs`.
    """
    uvicorn.run(
        create_app(Witness(_keys(settings), _state(settings))),
        host=settings.witness_host,
        port=settings.witness_port,
        log_config=None,
        access_log=False,
        server_header=False,
    )


def _keys(settings: WitnessSettings) -> list[CosigningKey]:
    if settings.witness_name and not settings.keys_path.exists():
        try:
            make_keys(settings.keys_path, settings.witness_name)
        except BadNote as error:
            raise InvalidInput(
                "witness.name", f"Vittnet kan inte heta så: {error}. (The witness can't have that name.)"
            ) from error
    keys = read_keys(settings.keys_path)
    for key in keys:
        log.info("the witness signs with %s", key.verifier)
    return keys


def _state(settings: WitnessSettings) -> State:
    state = State(settings.state_path)
    if settings.witness_logs is None:
        return state
    try:
        for line in settings.witness_logs.read_text().splitlines():
            if line.strip() and not line.startswith("#"):
                state.trust(line)
    except (OSError, BadNote) as error:
        raise InvalidInput(
            "witness.logs",
            f"Filen {settings.witness_logs} med loggarnas nycklar går inte att använda: {error}. "
            "(The file with the logs' keys is unusable.)",
        ) from error
    return state
