"""Addresses that work outside this server."""

from __future__ import annotations

from fastapi import Request

from allmanning.gateway.parts import parts_of


def origin_of(request: Request) -> str:
    """Scheme and host under which people reach the pages, without a slash at the end."""
    return (parts_of(request).settings.public_url or str(request.base_url)).rstrip("/")
