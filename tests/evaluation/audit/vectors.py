"""Public vectors of other implementations: `python -m tests.evaluation.audit.vectors FOLDER`.

FOLDER holds any of these, as they come from their own repositories:

    merkle/testdata                  transparency-dev/merkle: inclusion and consistency
    json-canonicalization/testdata   cyberphone/json-canonicalization: input and output
    tessera/testdata                 transparency-dev/tessera: a log with its tiles
    C2SP/signed-note.md              C2SP/C2SP: the example in the specification
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import BadNote, VerifierKey
from allmanning.audit.log.tree import EMPTY_ROOT, leaf_hash, root_of, verify_consistency, verify_inclusion
from allmanning.audit.publication.tile import ENTRIES, Tile, entries_of, hashes_of, tiles_of
from allmanning.runtime.record import canonical

_VKEY = re.compile(r"^ {4}(\S+\+[0-9a-f]{8}\+\S+)$", re.MULTILINE)
_EXAMPLE = re.compile(r"```\n(This is an example.*?\n)```", re.DOTALL)


class Case(NamedTuple):
    """One vector: its name, and whether we agree with it."""

    name: str
    agrees: bool


def _hashes(encoded: list[str] | None) -> list[bytes]:
    return [base64.b64decode(each) for each in encoded or []]


def _files(folder: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted(folder.rglob("*.json")):
        yield str(path.relative_to(folder.parent)), json.loads(path.read_text())


def inclusion(folder: Path) -> Iterator[Case]:
    for name, case in _files(folder / "merkle/testdata/inclusion"):
        leaf, root = base64.b64decode(case["leafHash"] or ""), base64.b64decode(case["root"] or "")
        proof = _hashes(case["proof"])
        proved = verify_inclusion(leaf, case["leafIdx"], case["treeSize"], proof, root)
        yield Case(name, proved != case["wantErr"])


def consistency(folder: Path) -> Iterator[Case]:
    for name, case in _files(folder / "merkle/testdata/consistency"):
        roots = base64.b64decode(case["root1"] or ""), base64.b64decode(case["root2"] or "")
        proved = verify_consistency(case["size1"], case["size2"], *roots, _hashes(case["proof"]))
        yield Case(name, proved != case["wantErr"])


def canonical_json(folder: Path) -> Iterator[Case]:
    data = folder / "json-canonicalization/testdata"
    for given in sorted((data / "input").glob("*.json")):
        made = canonical(json.loads(given.read_bytes()))
        yield Case(given.name, made == (data / "output" / given.name).read_bytes())


def signed_note(folder: Path) -> Iterator[Case]:
    path = folder / "C2SP/signed-note.md"
    text = path.read_text() if path.exists() else ""
    for vkey, note in zip(_VKEY.findall(text), _EXAMPLE.findall(text), strict=False):
        key = VerifierKey.parse(vkey)
        yield Case("opens", key.open(note) == "This is an example message.\n")
        yield Case("vkey reads back", str(key) == vkey)
        try:
            key.open(note.replace("example message", "exampl3 message"))
        except BadNote:
            yield Case("another text is refused", agrees=True)
        else:
            yield Case("another text is refused", agrees=False)


def tiled_log(folder: Path) -> Iterator[Case]:
    data = folder / "tessera/testdata"
    script = data / "build_log.sh"
    if not script.exists():
        return
    [vkey] = re.findall(r'LOG_PUBLIC_KEY="(.+)"', script.read_text())
    for path in sorted((data / "log").glob("checkpoint*")):
        checkpoint = Checkpoint.open(path.read_text(), VerifierKey.parse(vkey))
        yield Case(f"{path.name}: signature", agrees=True)
        yield from _tiles(data / "log", checkpoint, path.name)


def _tiles(log: Path, checkpoint: Checkpoint, name: str) -> Iterator[Case]:
    entries: list[bytes] = []
    hashes: list[bytes] = []
    for tile in tiles_of(checkpoint.size):
        data = (log / tile.path).read_bytes()
        yield Case(f"{name}: {tile.path} reads back", Tile.parse(tile.path) == tile)
        if tile.level == ENTRIES:
            entries += entries_of(data)
        elif tile.level == 0:
            hashes += hashes_of(data)
    leaves = [leaf_hash(entry) for entry in entries]
    yield Case(f"{name}: entries hash to the tiles", leaves == hashes)
    yield Case(f"{name}: root", (root_of(leaves) if leaves else EMPTY_ROOT) == checkpoint.root)


SETS: dict[str, Callable[[Path], Iterator[Case]]] = {
    "RFC 6962 inclusion (transparency-dev/merkle)": inclusion,
    "RFC 6962 consistency (transparency-dev/merkle)": consistency,
    "RFC 8785 (cyberphone/json-canonicalization)": canonical_json,
    "signed note (C2SP)": signed_note,
    "tiled log (transparency-dev/tessera)": tiled_log,
}


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
    checked = failed = 0
    for title, cases in SETS.items():
        found = list(cases(folder))
        wrong = [case.name for case in found if not case.agrees]
        checked, failed = checked + len(found), failed + len(wrong)
        print(f"{title:<50} {f'{len(found) - len(wrong)} of {len(found)}' if found else 'not there':>12}")
        for name in wrong:
            print(f"    {name}")
    print(f"{'target':<50} {'all':>12}")
    return 0 if checked and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
