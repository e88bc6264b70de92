"""Checks over an authority's leaves, wherever they came from."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from allmanning.audit.gate.logged import INPUT_PART, RECORD_TYPE, Evaluation
from allmanning.audit.gate.problem import BadRules
from allmanning.audit.gate.ruleset import Ruleset
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.note import from_base64
from allmanning.audit.verify.report import Report
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json, canonical, commitment, digest


def parse_leaves(report: Report, lines: Iterable[bytes], authority: str) -> list[Leaf]:
    """The lines that are leaves of the authority; says which are not."""
    leaves: list[Leaf] = []
    errors: list[str] = []
    for number, line in enumerate(lines):
        try:
            leaf = Leaf.parse(line)
        except InvalidInput as error:
            errors.append(f"Post {number}: {error.message}")
            continue
        if leaf.authority != authority:
            errors.append(f"Post {number} tillhör en annan myndighet ({leaf.authority}).")
        leaves.append(leaf)
    report.settle("records", "records.invalid", errors, f"{len(leaves)} poster är välformade.")
    return leaves


def check_ids(report: Report, leaves: Sequence[Leaf]) -> None:
    """No record stands twice."""
    seen: set[str] = set()
    errors = []
    for leaf in leaves:
        if leaf.id in seen:
            errors.append(f"Posten {leaf.id} finns två gånger.")
        seen.add(leaf.id)
    report.settle("ids", "records.duplicate", errors, "Varje post finns en gång.")


def check_counters(report: Report, leaves: Sequence[Leaf]) -> None:
    """Each producer's records are numbered from 1 without a gap, and each names the hash of the one before."""
    chains: dict[str, list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        chains[leaf.source.producer].append(leaf)
    errors = []
    for producer, chain in chains.items():
        chain.sort(key=lambda leaf: leaf.source.number)
        number, previous = 0, ""
        for leaf in chain:
            if leaf.source.number != number + 1:
                errors.append(
                    f"Producenten {producer}: post nummer {number + 1} saknas "
                    f"(efter {number} kommer {leaf.source.number})."
                    if leaf.source.number > number
                    else f"Producenten {producer}: nummer {leaf.source.number} finns två gånger."
                )
                break
            if leaf.source.previous != previous:
                errors.append(f"Producenten {producer}: post nummer {number + 1} hänvisar till en annan föregångare.")
                break
            number, previous = leaf.source.number, digest(leaf.data)
    report.settle(
        "counters",
        "records.gap",
        errors,
        f"Inga luckor i numreringen hos {len(chains)} producenter: ingen post saknas.",
    )


def open_parts(report: Report, leaves: Iterable[Leaf], files: Mapping[str, bytes]) -> Mapping[tuple[str, str], Json]:
    """Content by record and part name, of those files `<record>.json` that match the leaves' commitments."""
    by_id = {leaf.id: leaf for leaf in leaves}
    opened: dict[tuple[str, str], Json] = {}
    errors: list[str] = []
    for name, data in files.items():
        record = name.removeprefix("parts/").removesuffix(".json")
        if record not in by_id:
            errors.append(f"Innehållet {name} hör inte till någon post.")
            continue
        try:
            for part, content in _opened(data, by_id[record]).items():
                opened[record, part] = content
        except ValueError as error:
            errors.append(f"Innehållet i {name} stämmer inte med posten: {error}.")
    promised = sum(len(leaf.parts) for leaf in by_id.values())
    left = promised - len(opened)
    detail = f"{len(opened)} delar stämmer med sina åtaganden; {left} är inte med i paketet eller har gallrats."
    report.settle("parts", "parts.mismatch", errors, detail)
    return opened


def _opened(data: bytes, leaf: Leaf) -> Mapping[str, Json]:
    try:
        parts = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError("filen är inte JSON") from error
    if not isinstance(parts, dict) or not parts:
        raise ValueError("filen har inga delar")
    opened: dict[str, Json] = {}
    for name, part in parts.items():
        if name not in leaf.parts:
            raise ValueError(f"delen {name} finns inte i posten")
        if not isinstance(part, dict) or set(part) != {"salt", "content"} or not isinstance(part["salt"], str):
            raise ValueError(f"delen {name} har fel form")
        if commitment(from_base64(part["salt"]), canonical(part["content"])) != leaf.parts[name].commitment:
            raise ValueError(f"delen {name} är inte den som posten har åtagit sig")
        opened[name] = part["content"]
    return opened


def check_pins(report: Report, files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Texts by `sha256:<hex>`, each checked against its name."""
    pins = {f"sha256:{name.removeprefix('pins/')}": data for name, data in files.items()}
    errors = [f"Texten {name} har en annan kontrollsumma än sitt namn." for name in pins if digest(pins[name]) != name]
    report.settle("pins", "pins.mismatch", errors, f"{len(pins)} texter stämmer med sina kontrollsummor.")
    return pins


def rerun_rules(
    report: Report, leaves: Iterable[Leaf], opened: Mapping[tuple[str, str], Json], pins: Mapping[str, bytes]
) -> None:
    """Each logged gate evaluation whose input is here gives the same verdict again."""
    tables: dict[str, Ruleset | None] = {}
    errors: list[str] = []
    same = left_out = 0
    for leaf in leaves:
        if leaf.type != RECORD_TYPE:
            continue
        told = Evaluation.of(leaf.fields)
        if told is None or not told.rerunnable or (leaf.id, INPUT_PART) not in opened:
            left_out += 1
            continue
        if told.rules not in tables:
            tables[told.rules] = _table(pins.get(told.rules))
        table = tables[told.rules]
        if table is None:
            errors.append(f"Regeltabellen {told.rules} saknas eller går inte att läsa.")
        elif difference := told.differs(table, opened[leaf.id, INPUT_PART]):
            errors.append(f"Regelprövningen {leaf.id}: {difference}.")
        else:
            same += 1
    detail = f"{same} regelprövningar gav samma utfall när de kördes om; {left_out} gick inte att köra om här."
    report.settle("rules", "rules.mismatch", errors, detail)


def _table(pin: bytes | None) -> Ruleset | None:
    try:
        return Ruleset.from_pin(pin) if pin is not None else None
    except BadRules:
        return None
