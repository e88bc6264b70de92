"""Passkeys (W3C Web Authentication 3): a key pair in the person's phone, computer or stick; here is the public half.

The authenticator must have verified its person (by finger, face or PIN), so a passkey is two factors at once. A passkey
made elsewhere opens nothing: the browser signs the origin it was on, and the challenge is used once.
"""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from allmanning.gateway.keys import writing
from allmanning.gateway.signin.account import Account
from allmanning.gateway.signin.change_note import note_account
from allmanning.gateway.signin.database import KeyDatabase
from allmanning.runtime.errors import InvalidInput, Unauthenticated
from allmanning.runtime.record import now

MAX_LABEL_CHARS: Final = 60


@dataclass(frozen=True)
class Site:
    """Where passkeys are of: an origin, and the host that they are bound to."""

    origin: str

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or ""

    @property
    def can_have_passkeys(self) -> bool:
        """Browsers bind passkeys to a name, not to an IP address, and only over https or on this machine."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return self.origin.startswith("https://") or self.host == "localhost"
        return False


@dataclass(frozen=True)
class Passkey:
    """One of an account's; `id` is the credential's, in hexadecimal."""

    id: str
    label: str
    created_at: str


def challenge_of(options: str) -> str:
    """The challenge in options, as it must come back signed."""
    return str(json.loads(options)["challenge"])


class Passkeys:
    """Makes, checks and removes them. Writing waits for the disk: call it in a thread."""

    def __init__(self, database: KeyDatabase) -> None:
        self._database = database

    def of(self, account: Account) -> list[Passkey]:
        """The account's, latest first."""
        query = "SELECT id, label, created_at FROM passkey WHERE account_id = ? ORDER BY created_at DESC"
        rows = self._database.reading.execute(query, (account.id,))
        return [Passkey(row["id"].hex(), row["label"], row["created_at"]) for row in rows]

    def options_to_add(self, account: Account, site: Site, service: str) -> str:
        """What the browser needs to make one, as JSON."""
        known = [PublicKeyCredentialDescriptor(id=bytes.fromhex(each.id)) for each in self.of(account)]
        return options_to_json(
            generate_registration_options(
                rp_id=site.host,
                rp_name=service,
                user_name=account.name,
                # A pseudonym: the authenticator stores it.
                user_id=account.id.encode(),
                exclude_credentials=known,
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED,
                    user_verification=UserVerificationRequirement.REQUIRED,
                ),
            )
        )

    def add(self, account: Account, site: Site, challenge: str, credential: str, label: str) -> None:
        """Keep the one that the browser made.

        Raises:
            InvalidInput: `passkey.invalid`.
        """
        if not challenge:
            raise _not_added()
        try:
            made = verify_registration_response(
                credential=credential,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=site.host,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError) as error:
            raise _not_added() from error
        row = (made.credential_id, account.id, made.credential_public_key, made.sign_count, label, now())
        with writing(self._database.data_dir) as database:
            database.execute("INSERT INTO passkey VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
            note_account(database, "passkey_on", account, account)

    def remove(self, account: Account, passkey_id: str) -> bool:
        """Forget one; False when the account has no such."""
        try:
            raw = bytes.fromhex(passkey_id)
        except ValueError:
            return False
        with writing(self._database.data_dir) as database:
            gone = database.execute("DELETE FROM passkey WHERE id = ? AND account_id = ?", (raw, account.id))
            if gone.rowcount:
                note_account(database, "passkey_off", account, account)
        return gone.rowcount > 0

    def options_to_sign_in(self, site: Site) -> str:
        """What the browser needs to find one of ours, whoever's, as JSON."""
        return options_to_json(
            generate_authentication_options(rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED)
        )

    def signer(self, site: Site, challenge: str, credential: str) -> str:
        """The account whose passkey has signed the challenge, by id.

        Raises:
            Unauthenticated: `passkey.unknown`.
        """
        try:
            raw = base64url_to_bytes(str(json.loads(credential)["rawId"]))
            query = "SELECT account_id, public_key, uses FROM passkey WHERE id = ?"
            row = self._database.reading.execute(query, (raw,)).fetchone()
            if row is None:
                raise _unknown()
            signed = verify_authentication_response(
                credential=credential,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=row["public_key"],
                # An authenticator that counts must count up; a copy of it would not (WebAuthn 6.1.1).
                credential_current_sign_count=row["uses"],
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise _unknown() from error
        with writing(self._database.data_dir) as database:
            database.execute("UPDATE passkey SET uses = ? WHERE id = ?", (signed.new_sign_count, raw))
        return str(row["account_id"])


def _not_added() -> InvalidInput:
    return InvalidInput("passkey.invalid", "Passernyckeln kunde inte läggas till. Försök igen.")


def _unknown() -> Unauthenticated:
    return Unauthenticated("passkey.unknown", "Passernyckeln är okänd här. Logga in på ett annat sätt.")
