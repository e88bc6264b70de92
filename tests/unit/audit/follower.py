"""A client of C2SP tlog-tiles, written from the specification alone: it fetches a log and rebuilds every root.

It shares no code with what it checks, except RFC 6962's two hash functions written out again.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Fetch = Callable[[str], bytes | None]


def _leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def _root(hashes: list[bytes]) -> bytes:
    """MTH over hashes of equal height (RFC 6962 §2.1)."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + _root(hashes[:k]) + _root(hashes[k:])).digest()


def _path(kind: str, index: int, width: int) -> str:
    digits = f"{index:03d}"
    while len(digits) % 3:
        digits = "0" + digits
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return f"tile/{kind}/{name}" + (f".p/{width}" if width < 256 else "")


@dataclass
class Follower:
    """Follows one log. `vkey` is what it was told out of band."""

    vkey: str
    fetch: Fetch
    entries: list[bytes] = field(default_factory=list)

    def follow(self) -> int:
        """Fetch the newest checkpoint and all it covers, check everything, and return its size."""
        size, root = self._checkpoint()
        assert size >= len(self.entries), "the log has shrunk"
        for index in range(len(self.entries) // 256, (size + 255) // 256):
            width = min(256, size - index * 256)
            bundle = self._entries(self._tile("entries", index, width))[:width]
            assert len(bundle) == width
            assert self.entries[index * 256 :] == bundle[: max(0, len(self.entries) - index * 256)]
            self.entries[index * 256 :] = bundle
        leaves = [_leaf(entry) for entry in self.entries]
        assert _root(leaves) == root, "the records are not those that were signed"
        self._tiles(leaves)
        return size

    def _checkpoint(self) -> tuple[int, bytes]:
        text, _, signatures = (self.fetch("checkpoint") or b"").decode().rpartition("\n\n")
        origin, size, root = text.split("\n")[:3]
        name, key_id, material = self.vkey.split("+", 2)
        assert name == origin
        key = base64.b64decode(material)
        assert key[0] == 1
        for line in signatures.splitlines():
            dash, signer, encoded = line.split(" ")
            raw = base64.b64decode(encoded)
            assert dash == "—"
            if signer == name and raw[:4].hex() == key_id:
                Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], (text + "\n").encode())
                return int(size), base64.b64decode(root)
        raise AssertionError("the log's signature is missing")

    def _tiles(self, hashes: list[bytes]) -> None:
        """Every tile of the tree is what its level says: full tiles' roots are the hashes of the level above."""
        level = 0
        while hashes:
            for index in range((len(hashes) + 255) // 256):
                expected = hashes[index * 256 : (index + 1) * 256]
                assert self._tile(str(level), index, len(expected))[: len(expected) * 32] == b"".join(expected)
            hashes = [_root(hashes[at : at + 256]) for at in range(0, len(hashes) - 255, 256)]
            level += 1

    def _tile(self, kind: str, index: int, width: int) -> bytes:
        """A tile, or the full one that has taken a partial one's place."""
        found = self.fetch(_path(kind, index, width))
        if found is None and width < 256:
            found = self.fetch(_path(kind, index, 256))
        assert found is not None, f"{_path(kind, index, width)} is missing"
        return found

    @staticmethod
    def _entries(bundle: bytes) -> list[bytes]:
        entries, at = [], 0
        while at < len(bundle):
            length = int.from_bytes(bundle[at : at + 2], "big")
            entries.append(bundle[at + 2 : at + 2 + length])
            at += 2 + length
        return entries
