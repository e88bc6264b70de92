"""HTTP to hosts that others name: whoever names one must not reach inside our own walls (SSRF)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

import httpcore2
import httpx2

# Addresses of IPv4 as IPv6 writes them (RFC 6052): where they lead is what counts.
_NAT64: Final = IPv6Network("64:ff9b::/96")


class AddressRefused(httpcore2.ConnectError):
    """The host's address is private, and the operator has not allowed it."""


def is_public(address: str) -> bool:
    """Whether this is an address of the internet, not of a machine or a network of ours."""
    found: IPv4Address | IPv6Address | None = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found is not None and found.is_global and not found.is_multicast


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to the addresses that were checked, so that a second answer of the name service changes nothing."""

    def __init__(self, private_hosts: frozenset[str]) -> None:
        self._private_hosts = private_hosts
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        failure: httpcore2.ConnectError | httpcore2.ConnectTimeout = httpcore2.ConnectError("no address")
        for address in await self._addresses(host, port):
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError("unknown host") from error
        addresses = [str(each[4][0]) for each in found]
        # One private address among public ones is as suspicious as none but private ones.
        if host.lower().rstrip(".") not in self._private_hosts and not all(is_public(each) for each in addresses):
            raise AddressRefused("private address")
        return addresses


class GuardedTransport(httpx2.AsyncHTTPTransport):
    """Connects through `GuardedBackend`; `private_hosts` are those that the operator lets others name."""

    def __init__(self, private_hosts: frozenset[str], *, max_connections: int = 2) -> None:
        super().__init__()
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            max_connections=max_connections,
            network_backend=GuardedBackend(private_hosts),
        )


def address_refused(error: BaseException) -> bool:
    """Whether a failed request failed because the address is private."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AddressRefused):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
