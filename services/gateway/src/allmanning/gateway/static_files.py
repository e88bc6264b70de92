"""What pages load beside themselves: the same for everybody, so that browsers may keep it."""

from __future__ import annotations

from os import PathLike

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope


class KeptFiles(StaticFiles):
    """Files of a folder with how long a browser may use its copy without asking whether it has changed."""

    def __init__(self, directory: str | PathLike[str], fresh_s: int) -> None:
        super().__init__(directory=directory)
        self._kept = f"public, max-age={fresh_s}" if fresh_s else "no-cache"

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = self._kept
        return response
