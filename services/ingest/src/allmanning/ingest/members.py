"""What a container holds becomes documents of their own, which inherit what was said of the container."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Final

from allmanning.contracts.ingest.v1.ingest_pb import State, SubmitRequest
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.ingest import submission
from allmanning.ingest.originals import Originals
from allmanning.ingest.read import media_type
from allmanning.ingest.read.document import Extract, Member
from allmanning.ingest.read.media_type import media_type_of
from allmanning.ingest.registry.registry import Registry
from allmanning.ingest.registry.row import SECRECIES, Job, Upload
from allmanning.ingest.retirement import Retirement
from allmanning.ingest.sources.folder_rules import FIELDS, SIDECAR, mapping_in
from allmanning.ingest.verdict import REFUSING
from allmanning.runtime.errors import InvalidInput, PlatformError, Unprocessable

# A container in a container in a container may hold documents, and no more containers.
DEEPEST: Final = 3
MOST_MEMBERS: Final = 10_000
_GIGABYTE: Final = 1024 * 1024 * 1024
MOST_BYTES: Final = 8 * _GIGABYTE
# Files of these kinds may have had members in an earlier version, though they have none now.
CONTAINERS: Final = frozenset({media_type.ZIP, media_type.EML, media_type.MSG})
_LARGEST_SIDECAR: Final = 16_384
_LONGEST_URI: Final = 1_000
# What is said of a container holds for what is in it.
_INHERITED: Final = (
    "authority",
    "collection",
    "secrecy_provision",
    "owner_unit",
    "document_type",
    "shared",
    "valid_from",
    "valid_to",
    "record_type",
    "retention",
    "review_on",
)


class Members:
    """Takes in the members of containers; doing so again changes nothing."""

    def __init__(self, registry: Registry, originals: Originals, retirement: Retirement, *, max_file_mb: int) -> None:
        self._registry = registry
        self._originals = originals
        self._retirement = retirement
        self._largest = max_file_mb * 1024 * 1024

    async def take_in(self, container: Job, extract: Extract) -> None:
        """Receive every member, and retire those of an earlier version that are gone.

        Raises:
            Unprocessable: `archive.too_deep`, for a container with nothing to say itself; `archive.too_many`. Then
                nothing is received.
            Unavailable: the registry or the object store does not answer; what is received stays so.
        """
        if not extract.members and container.version.media_type not in CONTAINERS:
            return
        before = {each.id for each in await self._registry.inside([container.version.id], deep=False)}
        members = extract.members
        if members and await self._is_too_deep(container.version, extract):
            members = ()
        if members:
            await self._check_room(container.version, members, before)
        files = {each.name: each for each in members}
        said = {name: files[name + SIDECAR].path for name in files if name + SIDECAR in files}
        received: set[str] = set()
        for name, member in files.items():
            if name.removesuffix(SIDECAR) in said and name.endswith(SIDECAR):
                continue
            received.add(await self._receive(container, member, said.get(name)))
        for gone in sorted(before - received):
            await self._retirement.retire(container.version.authority, gone)

    async def _is_too_deep(self, container: DocumentVersion, extract: Extract) -> bool:
        if len(await self._registry.containers(container)) < DEEPEST:
            return False
        if not extract.text:
            raise Unprocessable(
                "archive.too_deep",
                f"Arkivet ligger i arkiv i fler än {DEEPEST} led, och det som är i det har inte tagits in. Packa upp "
                "det och lämna in filerna var för sig. (The archive lies too deep in other archives.)",
            )
        return True

    async def _check_room(self, container: DocumentVersion, members: Sequence[Member], before: set[str]) -> None:
        containers = await self._registry.containers(container)
        root = containers[-1] if containers else container.id
        others = [each for each in await self._registry.inside([root]) if each.id not in before]
        count = len(others) + len(members)
        size = sum(each.size_bytes for each in others) + sum(each.size_bytes for each in members)
        if count > MOST_MEMBERS or size > MOST_BYTES:
            raise Unprocessable(
                "archive.too_many",
                f"Arkivet och de arkiv som är i det innehåller fler än {MOST_MEMBERS} filer eller mer än "
                f"{MOST_BYTES // _GIGABYTE} GB. Dela upp det i mindre arkiv. (Too much in one archive.)",
            )

    async def _receive(self, container: Job, member: Member, sidecar: Path | None) -> str:
        """Receive one member, or note why it can't be; the id of its document."""
        name = await self._originals.keep_file(member.path)
        filename = PurePosixPath(member.name).name
        default = container.upload.default_secrecy
        upload = Upload(
            filename,
            name,
            member.size_bytes,
            default,
            container.upload.priority,
            container.upload.batch,
            container.upload.source,
        )
        request = _request(container.version, member.name, upload)
        refused: PlatformError | None = None
        try:
            said = await asyncio.to_thread(_said, sidecar) if sidecar else {}
            for field, value in said.items():
                setattr(request, field, value.lower() in ("true", "yes", "ja") if field == "shared" else value)
            version = submission.submitted(request, self._largest)
            version.media_type = await asyncio.to_thread(media_type_of, filename, member.path)
        except REFUSING as error:
            refused = error
            version = submission.submitted(_request(container.version, member.name, upload, size_bytes=1), 1)
        job, new = await self._registry.receive(version, upload)
        if refused and new:
            await self._registry.set_aside(
                job.version.id, job.version.version, State.REJECTED, refused.code, refused.message
            )
            await self._registry.let_go(job.version.id, job.version.version)
        return version.id


def _request(container: DocumentVersion, name: str, upload: Upload, *, size_bytes: int | None = None) -> SubmitRequest:
    uri = f"{container.uri}/{name}"
    return SubmitRequest(
        filename=upload.filename,
        # An address that would be too long begins with the container's id instead.
        uri=uri if len(uri) <= _LONGEST_URI else f"{container.id}/{name}",
        object=upload.object,
        size_bytes=upload.size_bytes if size_bytes is None else size_bytes,
        secrecy=SECRECIES.get(container.secrecy, ""),
        default_secrecy=SECRECIES.get(upload.default_secrecy, ""),
        priority=upload.priority,
        batch=upload.batch,
        source=upload.source,
        container=container.id,
        **{field: getattr(container, field) for field in _INHERITED},
    )


def _said(sidecar: Path) -> Mapping[str, str]:
    """What a sidecar says of its member. Raises `InvalidInput`: `folder.rules_invalid`."""
    content = mapping_in(sidecar, _LARGEST_SIDECAR)
    if content is None:
        raise _unclear()
    said: dict[str, str] = {}
    for key, value in content.items():
        # Lists in lists in lists would write out to more than memory holds.
        if not isinstance(key, str) or key not in FIELDS or not isinstance(value, str | int | date):
            raise _unclear()
        said[key] = str(value)
    # A member is known by its place in its container.
    said.pop("uri", None)
    return said


def _unclear() -> InvalidInput:
    return InvalidInput(
        "folder.rules_invalid",
        f"Filen med uppgifter ({SIDECAR}) går inte att läsa. Tillåtna fält är {', '.join(FIELDS)}. "
        "(The file of metadata is unclear.)",
    )
