"""What the log's closed sets are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from allmanning.gateway.language import marked
from allmanning.gateway.pages.timeline import VALUES

OUTCOMES: Final[Mapping[str, str]] = {
    **VALUES["outcome"],
    "control": marked("Kontrollutkast"),
    "": marked("Pågår eller avbruten"),
}
CHANNELS: Final = VALUES["channel"]
ROLES: Final = VALUES["role"]
ROUTES: Final[Mapping[str, str]] = {
    "förvaltningsbesvär": marked("Överklagas hos förvaltningsrätten"),
    "laglighetsprövning": marked("Laglighetsprövning"),
    "ej_överklagbart": marked("Kan inte överklagas"),
    "ej_ärende": marked("Inget ärende"),
}
TASKS: Final[Mapping[str, str]] = {
    "recall": marked("Återkallelse"),
    "sample": marked("Stickprov"),
    "control": marked("Loggkontroll"),
    "control_plan": marked("Plan för loggkontroll"),
    "disclosure": marked("Utlämnande"),
}
