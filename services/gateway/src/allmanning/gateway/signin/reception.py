"""All that signing in needs, made once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from allmanning.gateway.kept_key import kept_key
from allmanning.gateway.keyring import Keyring
from allmanning.gateway.settings import GatewaySettings
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.accounts import Accounts
from allmanning.gateway.signin.ceremonies import Ceremonies
from allmanning.gateway.signin.changes import Changes
from allmanning.gateway.signin.devices import Devices
from allmanning.gateway.signin.events import SignInEvents
from allmanning.gateway.signin.invitations import Invitations
from allmanning.gateway.signin.kept_forms import KeptForms
from allmanning.gateway.signin.oidc.issuer import http_client
from allmanning.gateway.signin.oidc.providers import Providers
from allmanning.gateway.signin.oidc.settings import read_providers
from allmanning.gateway.signin.passkeys import Passkeys
from allmanning.gateway.signin.passwords import Passwords
from allmanning.gateway.signin.recovery_codes import RecoveryCodes
from allmanning.gateway.signin.second_factor import SecondFactor
from allmanning.gateway.signin.session import Session
from allmanning.gateway.signin.sessions import Sessions
from allmanning.gateway.signin.throttle import Throttle
from allmanning.gateway.signin.totp import Totp
from allmanning.gateway.signin.totp_seal import TotpSeal
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
    changes: Changes
    accounts: Accounts
    passwords: Passwords
    invitations: Invitations
    totp: Totp
    recovery_codes: RecoveryCodes
    passkeys: Passkeys
    providers: Providers
    second_factor: SecondFactor

    def may_set_up(self, session: Session) -> Account | None:
        """The account of a session that lacks a second factor, while there is none that should have been used."""
        holder = session.holder
        local = isinstance(holder, Account) and holder.is_local and session.method == "password"
        return holder if local and isinstance(holder, Account) and not holder.has_second_factor else None

    def needs_its_factor(self, account: Account) -> bool:
        """Whether the account must keep at least one second factor, and has one."""
        passkeys = len(self.passkeys.of(account))
        return self.second_factor.demanded_of_holder(account) and passkeys + account.has_totp <= 1

    @classmethod
    def of(cls, settings: GatewaySettings, keyring: Keyring, recorder: Recorder) -> Self:
        """On the keyring's file, which must be open before the first request."""
        idle_s, lasts_s = settings.session_idle_minutes * 60, settings.session_hours * 3600
        seal = TotpSeal(kept_key(settings.sealing_key_file))
        seal.warm_up(settings.data_dir)
        return cls(
            sessions=Sessions(keyring.database, idle_s=idle_s, lasts_s=lasts_s),
            ceremonies=Ceremonies(settings.data_dir),
            kept_forms=KeptForms(settings.data_dir),
            devices=Devices(keyring.database),
            throttle=Throttle(settings.data_dir),
            events=SignInEvents(recorder),
            changes=Changes(keyring.database, recorder),
            accounts=Accounts(keyring.database),
            passwords=Passwords(keyring.database),
            invitations=Invitations(keyring.database),
            totp=Totp(keyring.database, seal),
            recovery_codes=RecoveryCodes(keyring.database),
            passkeys=Passkeys(keyring.database),
            second_factor=SecondFactor.of(settings.second_factor),
            providers=Providers(read_providers(settings.sign_in_providers), http_client()),
        )
