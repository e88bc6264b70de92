"""All that signing in needs, made once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from allmanning.gateway.keyring import Keyring
from allmanning.gateway.settings import GatewaySettings
from allmanning.gateway.signin.ceremonies import Ceremonies
from allmanning.gateway.signin.devices import Devices
from allmanning.gateway.signin.events import SignInEvents
from allmanning.gateway.signin.kept_forms import KeptForms
from allmanning.gateway.signin.sessions import Sessions
from allmanning.gateway.signin.throttle import Throttle
from allmanning.runtime.record import Recorder


@dataclass(frozen=True)
class Reception:
    """Where people are received: the collaborators of the pages about signing in."""

    sessions: Sessions
    ceremonies: Ceremonies
    kept_forms: KeptForms
    devices: Devices
    throttle: Throttle
    events: SignInEvents

    @classmethod
    def of(cls, settings: GatewaySettings, keyring: Keyring, recorder: Recorder) -> Self:
        """On the keyring's file, which must be open before the first request."""
        idle_s, lasts_s = settings.session_idle_minutes * 60, settings.session_hours * 3600
        return cls(
            sessions=Sessions(keyring.database, idle_s=idle_s, lasts_s=lasts_s),
            ceremonies=Ceremonies(settings.data_dir),
            kept_forms=KeptForms(settings.data_dir),
            devices=Devices(keyring.database),
            throttle=Throttle(settings.data_dir),
            events=SignInEvents(recorder),
        )
