"""Large files through a real node: `python -m tests.benchmark.ingest.large_files [--pdf-mb 500] [--zip-mb 1000]`.

A PDF with pictures and a zip of stored PDFs go in over HTTP. Prints the time each took and the most memory that each
process ever had; the exit code is 1 when one had more than its limit.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import threading
import time
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from allmanning.node.client import Client
from tests.platform_node import Platform

# What a process may have at most, whatever the size of a file: megabytes resident.
LIMITS = {"gateway": 250, "ingest": 450, "ingest.sandbox.worker": 450, "node": 250, "command line": 250}
_MEGABYTE = 1024 * 1024
_NAMED = ("ingest.sandbox.worker", "gateway", "ingest", "index", "retrieve", "generate", "audit", "nats-server", "node")
_AT_ONCE_S = 0.05


def large_pdf(path: Path, megabytes: int, seed: int = 0) -> None:
    """A PDF whose pages have a megabyte of noise as their picture and a few lines of text."""
    noise = random.Random(seed)
    offsets: list[int] = []
    kids = " ".join(f"{4 + 3 * page} 0 R" for page in range(megabytes))
    with path.open("wb") as file:

        def put(body: bytes) -> None:
            offsets.append(file.tell())
            file.write(b"%d 0 obj%s\nendobj\n" % (len(offsets), body))

        def stream(head: bytes, data: bytes) -> bytes:
            return b"<<%s/Length %d>>stream\n%s\nendstream" % (head, len(data), data)

        file.write(b"%PDF-1.4\n")
        put(b"<</Type/Catalog/Pages 2 0 R>>")
        put(f"<</Type/Pages/Count {megabytes}/Kids[{kids}]>>".encode())
        put(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
        for page in range(megabytes):
            at = 4 + 3 * page
            resources = f"/Resources<</Font<</F 3 0 R>>/XObject<</I {at + 2} 0 R>>>>"
            put(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{resources}/Contents {at + 1} 0 R>>".encode())
            lines = "".join(
                f"BT /F 11 Tf 70 {760 - 16 * line} Td (Arende {seed}-{page}-{line} handlaggs av kansliet.) Tj ET\n"
                for line in range(6)
            )
            put(stream(b"", f"{lines}q 100 0 0 100 70 100 cm /I Do Q".encode()))
            picture = b"/Type/XObject/Subtype/Image/Width 1024/Height 1024/BitsPerComponent 8/ColorSpace/DeviceGray"
            put(stream(picture, noise.randbytes(_MEGABYTE)))
        start = file.tell()
        file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1))
        file.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
        file.write(b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(offsets) + 1, start))


def large_zip(path: Path, megabytes: int, members: int = 10) -> None:
    with TemporaryDirectory(dir=path.parent) as folder, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number in range(members):
            member = Path(folder) / f"bilaga-{number}.pdf"
            large_pdf(member, megabytes // members, seed=number + 1)
            archive.write(member, member.name)
            member.unlink()


class Peaks(threading.Thread):
    """The most resident memory of each kind of process below one, in megabytes, as the kernel kept it."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self.most: defaultdict[str, int] = defaultdict(int)

    def run(self) -> None:
        while True:
            for pid in _below(self._root):
                self._note(pid)
            time.sleep(_AT_ONCE_S)

    def _note(self, pid: int) -> None:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ")
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            return
        name = next((each for each in _NAMED if each in words.replace("allmanning.", "")), "")
        if name and "VmHWM" in status:
            peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
            self.most[name] = max(self.most[name], peak)


def _below(root: int) -> Iterator[int]:
    parents: defaultdict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(fields[1])].append(int(folder.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += parents[pid]


def handed_in(client: Client, path: Path) -> tuple[float, float, str]:
    """Seconds until the file is accepted and until it is done, and its state."""
    started = time.monotonic()
    document = client.upload(path, {"collection": "matning", "secrecy": "open"})
    accepted = time.monotonic()
    while (state := str(client.get(f"/v1/documents/{document}")["state"])) == "received":
        time.sleep(0.2)
    return accepted - started, time.monotonic() - accepted, state


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pdf-mb", type=int, default=500)
    parser.add_argument("--zip-mb", type=int, default=1000)
    parser.add_argument("--folder", type=Path, default=None, help="where 5 GB are free")
    asked = parser.parse_args()
    with TemporaryDirectory(dir=asked.folder) as folder:
        pdf, archive = Path(folder) / "handling.pdf", Path(folder) / "handlingar.zip"
        large_pdf(pdf, asked.pdf_mb)
        large_zip(archive, asked.zip_mb)
        platform = Platform(Path(folder) / "data").start()
        assert platform.process is not None
        peaks = Peaks(platform.process.pid)
        peaks.start()
        try:
            client = Client(platform.url, platform.key("exempelby", "admin"))
            for path in (pdf, archive):
                took, read, state = handed_in(client, path)
                size = path.stat().st_size // _MEGABYTE
                print(f"{path.name} {size} MB: accepted in {took:.1f} s, {state} after {read:.1f} s", flush=True)
            while client.get("/v1/documents", {"collection": "matning", "state": "received", "limit": 1})["documents"]:
                time.sleep(0.5)
        finally:
            platform.stop()
    own = int(Path(f"/proc/{os.getpid()}/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024
    peaks.most["command line"] = own
    for name, peak in sorted(peaks.most.items()):
        print(f"{name:20} {peak:5} MB at most{f', limit {LIMITS[name]}' if name in LIMITS else ''}")
    return int(any(peaks.most[name] > limit for name, limit in LIMITS.items()))


if __name__ == "__main__":
    sys.exit(main())
