"""Which kinds of sources there are: ours, and those of packages that the operator has installed."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from allmanning.contracts.ingest.v1.ingest_pb import Source as SourceMessage
from allmanning.ingest.sources.protocol import Source, Surroundings
from allmanning.runtime.errors import InvalidInput

GROUP = "allmanning.ingest.sources"
# What every kind understands, because the run itself does it.
CONFIRM_REMOVED = "confirm_removed"


@cache
def kinds() -> dict[str, EntryPoint]:
    """Kind -> where its class is, from every installed package."""
    return {each.name: each for each in sorted(entry_points(group=GROUP), key=lambda each: each.name)}


def opened(source: SourceMessage, surroundings: Surroundings) -> Source:
    """The source that a message describes.

    Raises:
        InvalidInput: `source.kind_unknown`, `source.option_unknown`, `source.option_invalid`,
            `source.location_invalid`, and what else the kind finds wrong.
    """
    entry = kinds().get(source.kind)
    if entry is None:
        raise InvalidInput(
            "source.kind_unknown",
            f"Källor av slaget {source.kind or '(tomt)'} finns inte. Välj ett av: {', '.join(kinds())}. "
            "(Unknown kind of source.)",
        )
    found: type[Source] = entry.load()
    known = {*found.options, CONFIRM_REMOVED}
    for name in source.options:
        if name not in known:
            raise InvalidInput(
                "source.option_unknown",
                f"Alternativet {name} finns inte för {source.kind}. Välj bland: {', '.join(sorted(known))}. "
                "(Unknown option.)",
            )
    return found(source, surroundings)
