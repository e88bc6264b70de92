"""A source that an administrator describes: checked before it is kept."""

from __future__ import annotations

import re
from typing import Final

from allmanning.contracts.ingest.v1.ingest_pb import Source as SourceMessage
from allmanning.ingest.sources import options
from allmanning.ingest.sources.folder_rules import FIELDS
from allmanning.ingest.sources.kinds import CONFIRM_REMOVED
from allmanning.ingest.submission import check_authority, check_collection, check_dates, check_retention, secrecy_of
from allmanning.runtime.errors import InvalidInput

# What may be said of the documents of a source.
METADATA: Final = frozenset({*FIELDS, "default_secrecy"} - {"uri"})
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LONGEST: Final = 2_000
_YEAR: Final = 366 * 24 * 60
_MOST_REMOVED: Final = 10_000_000


def check(authority: str, source: SourceMessage) -> None:
    """What is the same for every kind.

    Raises:
        InvalidInput: `authority.invalid`, `collection.invalid`, `source.id_invalid`, `source.every_invalid`,
            `source.option_invalid`, `metadata.invalid`.
    """
    check_authority(authority)
    check_collection(source.collection)
    if not _ID.fullmatch(source.id):
        raise InvalidInput("source.id_invalid", "Källans namn skrivs med a-z, 0-9 och bindestreck, högst 63 tecken.")
    if source.every_minutes > _YEAR:
        raise InvalidInput("source.every_invalid", f"Intervallet är i minuter, högst {_YEAR} (ett år).")
    for text in (source.location, *source.options, *source.options.values(), *source.metadata.values()):
        if len(text) > _LONGEST or not text.isprintable():
            raise InvalidInput("source.option_invalid", "En uppgift om källan är för lång eller har styrtecken.")
    options.whole_number(source.options, CONFIRM_REMOVED, 0, most=_MOST_REMOVED)
    said = source.metadata
    if unknown := said.keys() - METADATA:
        text = f"Okända uppgifter: {', '.join(sorted(unknown))}. Välj bland: {', '.join(sorted(METADATA))}."
        raise InvalidInput("metadata.invalid", text)
    secrecy_of(said.get("secrecy", ""))
    secrecy_of(said.get("default_secrecy", ""))
    check_dates(said.get("valid_from", ""), said.get("valid_to", ""))
    check_dates(said.get("review_on", ""), "")
    check_retention(said.get("retention", ""))
