"""From claims to what somebody may do here. A claim that no grant names allows nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from allmanning.gateway.signin.grant import MAX_UNIT_CHARS
from allmanning.gateway.signin.oidc.settings import GrantRule, ProviderSettings
from allmanning.runtime.record import Json

Claims: TypeAlias = Mapping[str, Json]


def granted(provider: ProviderSettings, claims: Claims) -> tuple[GrantRule, str] | None:
    """The first grant that the claims match, and the unit; None when there is none or the unit is missing."""
    for rule in provider.grants:
        if all(_matches(_value(claims, name), wanted) for name, wanted in rule.when.items()):
            unit = _unit(rule, claims)
            return (rule, unit) if unit is not None else None
    return None


def has_two_factors(provider: ProviderSettings, claims: Claims) -> bool:
    """Whether the issuer says, in a claim that the settings name, that the person has shown two factors."""
    return any(
        _matches(_value(claims, name), wanted) for name, values in provider.second_factor.items() for wanted in values
    )


def name_of(provider: ProviderSettings, claims: Claims) -> str:
    """What the person is called in the list of accounts."""
    for claim in (provider.name_claim, "email", "name", "sub"):
        found = _value(claims, claim)
        if isinstance(found, str) and found.strip():
            return "".join(each for each in found.strip() if each.isprintable())[:100]
    return ""


def _unit(rule: GrantRule, claims: Claims) -> str | None:
    if not rule.unit_claim:
        return rule.unit
    found = _value(claims, rule.unit_claim)
    valid = isinstance(found, str) and 0 < len(found.strip()) <= MAX_UNIT_CHARS and found.isprintable()
    return found.strip() if valid and isinstance(found, str) else None


def _value(claims: Claims, name: str) -> Json:
    """The claim of that name; `a.b` also reads b within a, as Keycloak's `realm_access.roles`."""
    if name in claims:
        return claims[name]
    found: Json = dict(claims)
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _matches(found: Json, wanted: str | bool | int) -> bool:
    """Exactly the value, or a list that has it; True is not 1."""
    if isinstance(found, list):
        return any(_matches(each, wanted) for each in found if not isinstance(each, list))
    return type(found) is type(wanted) and found == wanted
