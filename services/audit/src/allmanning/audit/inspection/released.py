"""What is handed out after a secrecy review, and the proof that the unmasked parts are those of the log.

    {"kind": "allmanning.disclosure/v1", "authority", "decision", "receipt": {…},
     "opened": [{"record", "part", "salt", "content"}], "masked": [{"record", "part", "text", "provisions"}]}

`receipt` is an ordinary receipt: it shows that the records stand in the signed log. For an opened part, salt and
content give the commitment in its record, so not one character is changed. A masked part shows its text with masks, and
its commitment stays closed: nothing is proved of its text, only that a part of that name is in the record.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from allmanning.audit.inspection.case_file import page
from allmanning.audit.inspection.masking import Mask, masked, text_of
from allmanning.audit.log.json_path import objects, text
from allmanning.audit.verify.receipts import shown_by
from allmanning.runtime.record import Json, canonical, commitment

KIND: Final = "allmanning.disclosure/v1"
APPEAL: Final = (
    "Du kan begära ett skriftligt beslut av myndigheten om det som maskats (OSL 6 kap. 3 §) och överklaga det till "
    "kammarrätten (OSL 6 kap. 7 och 8 §§). Överklagandet lämnas till myndigheten inom tre veckor från den dag du fick "
    "del av beslutet (SFS 2017:900, 43 och 44 §§)."
)
_PROVED: Final = (
    "Delar utan maskning är ordagrant de som finns i loggen; filen med bevis visar det. För en maskad del är bara "
    "visat att den finns i loggen. Vad som står i den, också utanför maskningarna, går inte att kontrollera med filen."
)


@dataclass(frozen=True)
class OpenPart:
    """A part of a record with what its commitment was made from. `content` is canonical JSON."""

    record: str
    kind: str
    part: str
    salt: bytes
    content: bytes


def release(
    authority: str, decision: str, receipt: bytes, parts: Sequence[OpenPart], masks: Sequence[Mask]
) -> dict[str, Json]:
    """What is handed out, as above.

    Raises:
        InvalidInput: `disclosure.mask`, for a mask outside its text.
    """
    opened: list[Json] = []
    hidden: list[Json] = []
    for each in parts:
        own = [mask for mask in masks if (mask.record, mask.part) == (each.record, each.part)]
        named = {"record": each.record, "part": each.part}
        if own:
            shown = masked(text_of(json.loads(each.content)), own)
            provisions: list[Json] = list(dict.fromkeys(mask.provision for mask in own))
            hidden.append({**named, "text": shown, "provisions": provisions})
        else:
            salt = base64.b64encode(each.salt).decode()
            opened.append({**named, "salt": salt, "content": each.content.decode()})
    return {
        "kind": KIND,
        "authority": authority,
        "decision": decision,
        "receipt": json.loads(receipt),
        "opened": opened,
        "masked": hidden,
    }


def faults(disclosure: Mapping[str, Json]) -> list[str]:
    """What does not hold in something that was handed out, in Swedish; empty when all of it does. Needs no platform."""
    try:
        shown = shown_by(canonical(disclosure.get("receipt")))
    except ValueError as error:
        return [f"kvittot håller inte: {error}"]
    leaves = {leaf.id: leaf for leaf in shown.leaves.values()}
    found: list[str] = []
    if (shown.authority, shown.decision) != (disclosure.get("authority"), disclosure.get("decision")):
        found.append("kvittot gäller ett annat beslut")
    for each in objects(disclosure.get("opened")):
        record, part = text(each, "record"), text(each, "part")
        committed = leaves[record].parts.get(part) if record in leaves else None
        try:
            made = commitment(base64.b64decode(text(each, "salt"), validate=True), text(each, "content").encode())
        except ValueError:
            made = ""
        if committed is None or committed.commitment != made:
            found.append(f"delen {part} i posten {record} är inte den som finns i loggen")
    for each in objects(disclosure.get("masked")):
        record, part = text(each, "record"), text(each, "part")
        if record not in leaves or part not in leaves[record].parts:
            found.append(f"den maskade delen {part} finns inte i posten {record}")
    return found


def released_page(disclosure: Mapping[str, Json], kinds: Mapping[str, str]) -> bytes:
    """What is handed out, to read. `kinds` says what each record is."""
    return page("Utlämnad handling", "".join(_sections(disclosure, kinds)))


def _sections(disclosure: Mapping[str, Json], kinds: Mapping[str, str]) -> Iterator[str]:
    yield f"<p>Beslut {escape(text(disclosure, 'decision'))}, {escape(text(disclosure, 'authority'))}.</p>"
    yield f"<section><h2>Vad som är visat</h2><p>{escape(_PROVED)}</p></section>"
    for each in objects(disclosure.get("opened")):
        yield _part(each, kinds, escape(text_of(json.loads(text(each, "content")))), "utan maskning")
    hidden = list(objects(disclosure.get("masked")))
    for each in hidden:
        shown = escape(text(each, "text")).replace("[maskat:", "<mark>[maskat:").replace(" §]", " §]</mark>")
        yield _part(each, kinds, shown, "med maskning")
    if hidden:
        yield f"<section><h2>Så överklagar du</h2><p>{escape(APPEAL)}</p></section>"


def _part(value: Mapping[str, Json], kinds: Mapping[str, str], shown: str, how: str) -> str:
    record, part = text(value, "record"), text(value, "part")
    heading = f"{escape(kinds.get(record, record))}: {escape(part)}, {how}"
    return f'<section><h2>{heading}</h2><p class="hash">{escape(record)}</p><blockquote>{shown}</blockquote></section>'
