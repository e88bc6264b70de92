"""What a bundle looks like: which files it holds, and how their lines are written.

    README.txt, VERIFY.html
    policy                                whose witnesses must have signed (C2SP tlog-policy), if there is one
    pins/<hash>                           rule tables and other texts that records point to
    logs/<half-year>/checkpoint, vkey     a log's newest signed size and root, and the key it is checked with
    logs/<half-year>/witnessed            an earlier checkpoint of it that witnesses have cosigned, if there is one
    logs/<half-year>/leaves/<number>.jsonl        a line is the exact bytes of a leaf; 4,096 to a file
    logs/<half-year>/parts/<number>-<piece>.jsonl opened content of those leaves: salt and content of a part a line
    proofs/<decision>.json                in a bundle of single decisions, instead of the leaves: a receipt each
    parts/<decision>.jsonl                and their opened content
    manifest.json, manifest.note          what the bundle claims to hold, SHA-256 of every other file; signed

A file of leaves holds those whose index divided by 4,096 is its number, so that each full file is a subtree.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final, NamedTuple

KIND: Final = "allmanning.bundle/v2"
MANIFEST: Final = "manifest.json"
MANIFEST_NOTE: Final = "manifest.note"
README: Final = "README.txt"
PAGE: Final = "VERIFY.html"
POLICY: Final = "policy"
CHUNK_LEAVES: Final = 4096
# A new file of parts begins when this is passed, so that a reader needs no more memory than this and one record.
PIECE_BYTES: Final = 8 << 20
# The largest leaf is 64 kB; a file of 4,096 such is 268 MB.
MAX_FILE_BYTES: Final = 320 << 20
NAMES: Final = re.compile(
    r"README\.txt|VERIFY\.html|policy|manifest\.(?:json|note)"
    r"|logs/\d{4}h[12][b-z]?/(?:checkpoint|vkey|witnessed|leaves/\d{6}\.jsonl|parts/\d{6}-\d{3}\.jsonl)"
    r"|proofs/[A-Za-z0-9_.-]{1,64}\.json|parts/[A-Za-z0-9_.-]{1,64}\.jsonl|pins/[0-9a-f]{64}"
)
_OPENED: Final = re.compile(
    rb'\{"content":(?P<content>.+),"part":"(?P<part>[A-Za-z0-9_.-]{1,64})"'
    rb',"record":"(?P<record>[0-9a-f-]{36})","salt":"(?P<salt>[A-Za-z0-9+/]{43}=)"\}'
)


class Opened(NamedTuple):
    """A part that is shown: which, the 32-byte salt, and the content that was committed to."""

    record: str
    part: str
    salt: bytes
    content: bytes

    @classmethod
    def parse(cls, line: bytes) -> Opened:
        """Read a line.

        Raises:
            ValueError: when it is none.
        """
        match = _OPENED.fullmatch(line)
        if not match:
            raise ValueError("raden har fel form")
        salt = base64.b64decode(match["salt"])
        if base64.b64encode(salt) != match["salt"]:
            raise ValueError("saltet är inte entydig base64")
        return cls(match["record"].decode(), match["part"].decode(), salt, match["content"])

    def line(self) -> bytes:
        """RFC 8785 JSON with a newline; `content` is such JSON already."""
        salt = base64.b64encode(self.salt)
        return b'{"content":%b,"part":"%b","record":"%b","salt":"%b"}\n' % (
            self.content, self.part.encode(), self.record.encode(), salt,
        )  # fmt: skip


def leaves_file(period: str, chunk: int) -> str:
    return f"logs/{period}/leaves/{chunk:06}.jsonl"


def parts_file(period: str, chunk: int, piece: int) -> str:
    return f"logs/{period}/parts/{chunk:06}-{piece:03}.jsonl"


def manifest_text(origin: str, manifest: bytes) -> str:
    """What is signed of a manifest. Its first line is no log's name, so it is no checkpoint."""
    return f"{KIND}\n{origin}\nsha256:{hashlib.sha256(manifest).hexdigest()}\n"
