"""Pages of originals as pictures, drawn in a reading process: a page of a hostile file is drawn nowhere else."""

from __future__ import annotations

from allmanning.contracts.ingest.v1.ingest_pb import DrawPageRequest, DrawPageResponse
from allmanning.ingest.originals import Originals
from allmanning.ingest.read.media_type import PDF
from allmanning.ingest.read.original import Drawing, Original
from allmanning.ingest.registry.registry import Registry
from allmanning.ingest.sandbox.parse_pool import ParsePool
from allmanning.runtime.errors import NotFound, Unsupported


class PagePictures:
    """Answers `ingest.v1.draw_page`."""

    def __init__(self, registry: Registry, originals: Originals, pool: ParsePool) -> None:
        self._registry = registry
        self._originals = originals
        self._pool = pool

    async def draw(self, request: DrawPageRequest) -> DrawPageResponse:
        """A page of a version as WebP.

        Raises:
            NotFound: `document.not_found`, `object.not_found`, `page.not_found`.
            Unsupported: `page.not_drawn`, for a format without pages.
            Unprocessable: as `ParsePool.read`.
        """
        document = await self._registry.get(request.authority, request.document_id, request.version)
        version = document.version
        if version is None or version.media_type != PDF:
            raise Unsupported(
                "page.not_drawn", "Bara sidor i PDF-filer kan visas. (Only pages of PDF files are drawn.)"
            )
        marks = [
            box
            for box in await self._originals.places(version.version)
            if box.page == request.page and box.start < request.end and box.end > request.start
        ]
        async with self._originals.on_disk(document.object) as desk:
            asked = Original(
                path=desk.original,
                filename=version.uri,
                media_type=PDF,
                workspace=desk.workspace,
                drawing=Drawing(request.page, tuple(marks)),
            )
            drawn = await self._pool.read(asked)
            if not drawn.members:
                raise NotFound("page.not_found", "Sidan finns inte i dokumentet. (There is no such page.)")
            return DrawPageResponse(picture=drawn.members[0].path.read_bytes())
