"""Who may read which passage. This is the one place that says it; each engine only renders it."""

from __future__ import annotations

import re
from datetime import date

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.index.v1.index_pb import SearchRequest
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Filter
from allmanning.index.condition import AtLeast, AtMost, Condition, Equals, Every, Not, OneOf, OneOfNumbers, Phrase, Some
from allmanning.index.fold import folded
from allmanning.runtime.errors import InvalidInput

_ALWAYS = 99_991_231
_KNOWN = (int(Secrecy.OPEN), int(Secrecy.INTERNAL), int(Secrecy.SECRET))


def day(iso: str, otherwise: int) -> int:
    """An ISO date as the integer yyyymmdd; `otherwise` when empty. Raises `InvalidInput`."""
    if not iso:
        return otherwise
    try:
        parsed = date.fromisoformat(iso)
    except ValueError:
        parsed = None
    # fromisoformat also reads "20260102" and week dates, which the contract does not allow.
    if parsed is None or parsed.isoformat() != iso:
        raise InvalidInput("date.invalid", "Datumet ska skrivas ÅÅÅÅ-MM-DD. (Dates are written YYYY-MM-DD.)")
    return parsed.year * 10_000 + parsed.month * 100 + parsed.day


def secrecy_class(secrecy: int) -> int:
    """The class to store: what is not known is secret."""
    return int(secrecy) if int(secrecy) in _KNOWN else int(Secrecy.SECRET)


def access_fields(document: DocumentVersion) -> dict[str, int | str]:
    """The payload fields that access is decided on."""
    return {
        "authority": document.authority,
        "shared": int(document.shared),
        "secrecy": secrecy_class(document.secrecy),
        "owner_unit": document.owner_unit,
        "valid_from": day(document.valid_from, 0),
        "valid_to": day(document.valid_to, _ALWAYS),
        "collection": document.collection,
        "document": document.id,
        "document_type": document.document_type,
        "media_type": document.media_type,
    }


def in_force(request: SearchRequest) -> Condition:
    """Published, in force on the asked date, and within the collections and documents asked for."""
    as_of = day(request.as_of, -1)
    if as_of < 0:
        raise InvalidInput("date.invalid", "Datum saknas. (The date is missing.)")
    conditions: list[Condition] = [Equals("active", 1), AtMost("valid_from", as_of), AtLeast("valid_to", as_of)]
    return Every((*conditions, *within(request.filter or Filter())))


def within(limits: Filter) -> list[Condition]:
    """What the fields of a filter limit a search to. It can only take away from what may be read."""
    chosen = {
        "collection": limits.collections,
        "document": limits.documents,
        "authority": limits.authorities,
        "document_type": limits.document_types,
        "media_type": limits.media_types,
    }
    conditions: list[Condition] = [OneOf(field, tuple(values)) for field, values in chosen.items() if values]
    if limits.secrecies:
        conditions.append(OneOfNumbers("secrecy", tuple(map(int, limits.secrecies))))
    if limits.dated_from:
        conditions.append(AtLeast("valid_from", day(limits.dated_from, 0)))
    if limits.dated_until:
        # A document without a date is stored as in force since day 0.
        conditions += [AtLeast("valid_from", 1), AtMost("valid_from", day(limits.dated_until, _ALWAYS))]
    return conditions


def wording(limits: Filter) -> list[Condition]:
    """The phrases of a filter that must stand in a passage, and the words that must not."""
    wanted: list[Condition] = [Phrase("said", said) for said in map(_words, limits.phrases) if said]
    return wanted + [Not(Phrase("said", said)) for said in map(_words, limits.excluded) if said]


def _words(phrase: str) -> str:
    """As the engine keeps texts: folded, and words alone, since a phrase of no words would match nothing at all."""
    return " ".join(re.findall(r"\w+", folded(phrase)))


def hidden(request: SearchRequest) -> Condition:
    """What is in force in the asker's authority and the asker may not read: what `held_back` is counted in.

    Whatever its wording: the count would otherwise tell whether a phrase stands in a text that the asker may not read.
    """
    principal = _principal(request)
    classes, secrets_of_unit = _cleared(principal)
    # What `permitted` leaves of the own authority, said so that the engine can go by an index: it cannot by a negation.
    secret = Equals("secrecy", int(Secrecy.SECRET))
    others = Every((secret, Not(Equals("owner_unit", principal.unit))))
    withheld: list[Condition] = [others if secrets_of_unit else secret]
    if rest := tuple(each for each in _KNOWN if each not in classes and each != Secrecy.SECRET):
        withheld.append(OneOfNumbers("secrecy", rest))
    return Every((Equals("authority", principal.authority), Some(tuple(withheld)), in_force(request)))


def readable(request: SearchRequest) -> Condition:
    """Everything in force that the asker may read."""
    return Every((permitted(request), in_force(request), *wording(request.filter or Filter())))


def permitted(request: SearchRequest) -> Condition:
    """Everything that the asker may read, in force or not.

    Own authority or shared to all, a class within the clearances, and for secret texts only the unit that owns them in
    the asker's own authority: a shared secret stays with its owner.
    """
    principal = _principal(request)
    classes, secrets_of_unit = _cleared(principal)
    granted: list[Condition] = []
    here = Equals("authority", principal.authority)
    if classes:
        granted.append(Every((Some((here, Equals("shared", 1))), OneOfNumbers("secrecy", classes))))
    if secrets_of_unit:
        secret = Equals("secrecy", int(Secrecy.SECRET))
        granted.append(Every((here, secret, Equals("owner_unit", principal.unit))))
    if not granted:
        return Every((here, Not(here)))
    return Some(tuple(granted))


def _cleared(principal: Principal) -> tuple[tuple[int, ...], bool]:
    """The classes but secret that a principal may read, and whether it may read the secrets of its unit."""
    # An unspecified clearance grants nothing; for a text, unspecified is secret.
    clearances = {int(clearance) for clearance in principal.clearances} & set(_KNOWN)
    classes = tuple(sorted(clearances - {int(Secrecy.SECRET)}))
    return classes, Secrecy.SECRET in clearances and bool(principal.unit)


def _principal(request: SearchRequest) -> Principal:
    principal = request.principal
    if principal is None or not principal.authority:
        raise InvalidInput("principal.missing", "Frågan saknar myndighet. (The question names no authority.)")
    return principal
