"""Codes from an app (TOTP, RFC 6238): six digits, 30 seconds, SHA-1, which is what every app knows."""

from __future__ import annotations

import hmac
import io
import time
from collections.abc import Callable
from typing import Final

import pyotp
import segno

from allmanning.gateway.keys import writing
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.change_note import note_account
from allmanning.gateway.signin.database import KeyDatabase
from allmanning.gateway.signin.totp_seal import TotpSeal

_STEP_S: Final = 30
# RFC 6238 5.2: one step for clocks and typing.
_TOLERATED: Final = (0, -1, 1)


def new_secret() -> str:
    """160 random bits in base 32."""
    return pyotp.random_base32(32)


def address_of(secret: str, account: Account, service: str) -> str:
    """The `otpauth:` address that an app reads."""
    return str(pyotp.TOTP(secret).provisioning_uri(name=account.name, issuer_name=service))


def picture_of(address: str) -> bytes:
    """The address as a QR code, in SVG: dark on light whatever the page's colours, as scanners want it."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", scale=4, border=4, light="#ffffff", dark="#000000"
    )
    return out.getvalue()


def step_of(secret: str, code: str, now: float, after: int) -> int | None:
    """The time step that `code` is of, if right now and later than the step `after`: a code is used once."""
    written = "".join(code.split())
    generator = pyotp.TOTP(secret)
    for offset in _TOLERATED:
        step = int(now // _STEP_S) + offset
        if step > after and hmac.compare_digest(generator.generate_otp(step).encode(), written.encode()):
            return step
    return None


class Totp:
    """Turns codes on and off, and checks them. Writing waits for the disk: call it in a thread."""

    def __init__(self, database: KeyDatabase, seal: TotpSeal, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self.seal = seal
        self._clock = clock

    def turn_on(self, account: Account, secret: str, code: str) -> bool:
        """Ask for codes of this secret from now on, if `code` shows that the app has it."""
        step = step_of(secret, code, self._clock(), 0)
        if step is None:
            return False
        with writing(self._database.data_dir) as database:
            sealed = self.seal.seal(account, secret)
            database.execute("UPDATE account SET totp = ?, totp_step = ? WHERE id = ?", (sealed, step, account.id))
            note_account(database, "totp_on", account, account)
        return True

    def turn_off(self, account: Account) -> None:
        """Ask for no more codes; the recovery codes end too."""
        with writing(self._database.data_dir) as database:
            database.execute("UPDATE account SET totp = '', totp_step = 0 WHERE id = ?", (account.id,))
            database.execute("DELETE FROM recovery_code WHERE account_id = ?", (account.id,))
            note_account(database, "totp_off", account, account)

    def is_right(self, account: Account, code: str) -> bool:
        """Whether it is a code of now that was not used before; then it is used."""
        with writing(self._database.data_dir) as database:
            row = database.execute(
                "SELECT totp, totp_step FROM account WHERE id = ? AND totp <> '' AND disabled_at = ''", (account.id,)
            ).fetchone()
            secret = self.seal.opened(account, row["totp"]) if row else ""
            step = step_of(secret, code, self._clock(), row["totp_step"]) if secret else None
            if step is not None:
                database.execute("UPDATE account SET totp_step = ? WHERE id = ?", (step, account.id))
        return step is not None
