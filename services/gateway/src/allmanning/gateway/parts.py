"""What the running gateway is made of; every request reaches it through the application's state."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from allmanning.gateway.asker_tokens import AskerTokens
from allmanning.gateway.idempotency.kept_answers import KeptAnswers
from allmanning.gateway.keyring import Keyring
from allmanning.gateway.metrics import Metrics
from allmanning.gateway.settings import GatewaySettings
from allmanning.gateway.signin.reception import Reception
from allmanning.gateway.webhooks.webhooks import Webhooks
from allmanning.runtime.bus import Bus
from allmanning.runtime.objects import Objects
from allmanning.runtime.record import Recorder


@dataclass(frozen=True)
class Parts:
    """The collaborators of every handler."""

    settings: GatewaySettings
    keyring: Keyring
    reception: Reception
    tokens: AskerTokens
    metrics: Metrics
    bus: Bus
    originals: Objects
    exports: Objects
    recorder: Recorder
    webhooks: Webhooks
    answers: KeptAnswers


def parts_of(request: Request) -> Parts:
    """The parts of the application that this request came to."""
    parts: Parts = request.app.state.parts
    return parts
