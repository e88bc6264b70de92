"""Masks over what is to be disclosed: proposed by machine, decided by people, each with its provision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.index.personal.detect import detect
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json, canonical

# Proposals only: whether the provision holds is tried by a person for each mask (OSL, SFS 2009:400).
_PROVISIONS: Final = {"protected_name": "OSL 22 kap. 1 §"}
PROPOSED_PROVISION: Final = "OSL 21 kap. 7 §"


@dataclass(frozen=True)
class Mask:
    """Characters `start` to `end` (exclusive) of what `text_of` makes of a part."""

    record: str
    part: str
    start: int
    end: int
    provision: str
    kind: str = ""

    def as_json(self) -> dict[str, Json]:
        return {
            "record": self.record,
            "part": self.part,
            "start": self.start,
            "end": self.end,
            "provision": self.provision,
            "kind": self.kind,
        }

    @classmethod
    def of(cls, value: Mapping[str, Json]) -> Mask:
        """Read a mask.

        Raises:
            InvalidInput: `disclosure.mask`.
        """
        record, part, start, end = (value.get(name) for name in ("record", "part", "start", "end"))
        provision, kind = value.get("provision"), value.get("kind", "")
        if (
            isinstance(record, str)
            and isinstance(part, str)
            and isinstance(start, int)
            and isinstance(end, int)
            and isinstance(provision, str)
            and isinstance(kind, str)
            and 0 <= start < end
            and provision.strip()
        ):
            return cls(record, part, start, end, provision.strip(), kind)
        raise InvalidInput(
            "disclosure.mask",
            "En maskning behöver post, del, början, slut och lagrum. (A mask needs a record, a part, where it begins "
            "and ends, and its provision.)",
        )


def text_of(content: Json) -> str:
    """A part as it is shown and masked: a text as it is, anything else as its canonical JSON."""
    return content if isinstance(content, str) else canonical(content).decode()


def proposed(record: str, part: str, content: Json) -> list[Mask]:
    """A mask for each piece of personal data that the platform's detector finds."""
    return [
        Mask(record, part, each.start, each.end, _PROVISIONS.get(each.kind, PROPOSED_PROVISION), each.kind)
        for each in detect(text_of(content))
    ]


def masked(text: str, masks: Sequence[Mask]) -> str:
    """The text with each mask as `[maskat: provision]`; where two overlap, both provisions stand.

    Raises:
        InvalidInput: `disclosure.mask`, for a mask outside the text.
    """
    if any(each.end > len(text) for each in masks):
        raise InvalidInput("disclosure.mask", "En maskning ligger utanför texten. (A mask is outside the text.)")
    shown, at = [], 0
    for start, end, provisions in _spans(masks):
        shown.append(f"{text[at:start]}[maskat: {', '.join(provisions)}]")
        at = end
    return "".join(shown) + text[at:]


def _spans(masks: Sequence[Mask]) -> list[tuple[int, int, list[str]]]:
    spans: list[tuple[int, int, list[str]]] = []
    for each in sorted(masks, key=lambda one: (one.start, one.end)):
        if spans and each.start < spans[-1][1]:
            start, end, provisions = spans.pop()
            both = provisions if each.provision in provisions else [*provisions, each.provision]
            spans.append((start, max(end, each.end), both))
        else:
            spans.append((each.start, each.end, [each.provision]))
    return spans
