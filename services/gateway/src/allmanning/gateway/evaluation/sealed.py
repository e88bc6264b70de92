"""What evaluations keep, sealed at rest: questions with their keys, and what came back.

Whoever writes questions may write of people, and what came back is what the log holds sealed.
"""

from __future__ import annotations

import logging
import sqlite3
from typing import Final

from allmanning.gateway.desk import Desk
from allmanning.gateway.kept_key import kept_key
from allmanning.gateway.seal import Seal
from allmanning.gateway.settings import GatewaySettings
from allmanning.runtime.errors import Unavailable
from allmanning.runtime.sealing import SealBroken

_PURPOSE: Final = "allmanning/evaluation/v1"
# Table, column, and whose it is.
_COLUMNS: Final = (
    ("question_set", "questions", ("authority", "id")),
    ("evaluation", "questions", ("authority", "id")),
    ("evaluation_answer", "told", ("evaluation", "question")),
)

log = logging.getLogger(__name__)


class SealedTexts:
    """Seals them and opens them again."""

    def __init__(self, key: bytes) -> None:
        self._seal = Seal(key, _PURPOSE)

    @classmethod
    def of(cls, settings: GatewaySettings) -> SealedTexts:
        return cls(kept_key(settings.sealing_key_file))

    def seal(self, text: str, *whose: str) -> str:
        return self._seal.sealed(text, *whose)

    def opened(self, sealed: str, *whose: str) -> str:
        """Raises `Unavailable`: `evaluation.sealed`."""
        try:
            return self._seal.opened(sealed, *whose)
        except SealBroken:
            raise Unavailable(
                "evaluation.sealed",
                "Frågorna och svaren går inte att öppna: nyckelfilen är en annan. Lägg tillbaka den förra"
                " (ALLMANNING_GATEWAY_KEY_FILE), eller ta bort mätningen.",
            ) from None

    async def warm_up(self, desk: Desk) -> None:
        """Seal what an earlier release left open, so that it stands nowhere in the file; tell of what is lost."""

        def take_in(file: sqlite3.Connection) -> int:
            return sum(self._seal.take_in(file, *each)[1] for each in _COLUMNS)

        if lost := await desk.work(take_in, scrub=True):
            log.error(
                "%d sets, evaluations and answers can't be opened by ALLMANNING_GATEWAY_KEY_FILE: put the former key"
                " file back, or remove them",
                lost,
            )
