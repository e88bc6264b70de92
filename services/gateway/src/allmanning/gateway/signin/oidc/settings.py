"""What an operator says of an authority's sign-in, in YAML: who it is, and what its claims allow here.

- name: exempelby                      # in our addresses
  label: Exempelby kommuns inloggning
  issuer: https://login.exempelby.se/realms/kommunen
  client_id: allmanning
  client_secret_file: /run/secrets/oidc    # or client_secret_env: NAME; neither for a public client
  authorities: [exempelby]             # whose people it may speak for; no grant may name another
  second_factor: {amr: [mfa], acr: [http://id.elegnamnden.se/loa/1.0/loa3]}
                                       # what tells of two factors where they are demanded; any of it will do
  grants:                              # the first whose claims all match decides; none: nobody comes in
    - when: {groups: Allmanning-Bygglov, amr: mfa}
      authority: exempelby
      role: caseworker
      unit: bygg
      secret: true
      competences: [bygg]
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from allmanning.gateway.signin.grant import check_grant
from allmanning.runtime.errors import InvalidInput

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class GrantRule(BaseModel):
    """What somebody may whose claims have all that `when` says. `unit_claim` takes the unit from a claim."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: Mapping[str, str | bool | int] = Field(min_length=1)
    authority: str
    role: Literal["citizen", "caseworker", "auditor", "admin"]
    unit: str = ""
    unit_claim: str = ""
    secret: bool = False
    competences: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _checked(self) -> Self:
        if self.unit and self.unit_claim:
            raise ValueError("unit och unit_claim kan inte anges båda")
        unit = "x" if self.unit_claim else self.unit
        try:
            check_grant(self.authority, self.role, unit=unit, secret=self.secret, competences=self.competences)
        except InvalidInput as error:
            raise ValueError(error.message) from error
        return self


class ProviderSettings(BaseModel):
    """One issuer and our registration with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    label: str = Field(min_length=1, max_length=100)
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret_file: Path | None = None
    client_secret_env: str = ""
    scopes: tuple[str, ...] = ("openid", "profile")
    name_claim: str = "preferred_username"
    authorities: tuple[str, ...] = Field(min_length=1)
    grants: tuple[GrantRule, ...] = Field(min_length=1)
    # RFC 8176: `mfa` says that several factors were used. The values of `acr` are asked for, too.
    second_factor: Mapping[str, tuple[str, ...]] = Field(default={"amr": ("mfa",)}, min_length=1)

    @model_validator(mode="after")
    def _checked(self) -> Self:
        address = urlsplit(self.issuer)
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _LOOPBACK):
            raise ValueError("issuer ska börja med https://")
        if "openid" not in self.scopes:
            raise ValueError("scopes ska innehålla openid")
        if any(each.authority not in self.authorities for each in self.grants):
            raise ValueError("grants får bara nämna myndigheter som står i authorities")
        return self

    def secret(self) -> str:
        """The client secret, read anew so that it can be changed; empty for a public client.

        Raises:
            InvalidInput: `providers.secret`.
        """
        if self.client_secret_file is not None:
            try:
                return self.client_secret_file.read_text(encoding="utf-8").strip()
            except OSError as error:
                raise InvalidInput("providers.secret", f"Hemligheten för {self.name} går inte att läsa.") from error
        if self.client_secret_env:
            found = os.environ.get(self.client_secret_env, "")
            if not found:
                raise InvalidInput("providers.secret", f"Miljövariabeln {self.client_secret_env} är tom.")
            return found
        return ""


def read_providers(path: Path | None) -> Sequence[ProviderSettings]:
    """The file's providers; none without a file.

    Raises:
        InvalidInput: `providers.invalid`, with what is wrong in it.
    """
    if path is None:
        return []
    try:
        found = TypeAdapter(list[ProviderSettings]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(str(each) for each in first["loc"])
        raise InvalidInput("providers.invalid", f"{path}: {place}: {first['msg']}") from error
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput("providers.invalid", f"{path} går inte att läsa som YAML.") from error
    if len({each.name for each in found}) < len(found):
        raise InvalidInput("providers.invalid", f"{path}: två inloggningar har samma name.")
    return found
