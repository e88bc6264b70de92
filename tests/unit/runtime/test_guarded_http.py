"""Only addresses of the internet are connected to."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpcore2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allmanning.runtime.guarded_http import AddressRefused, GuardedBackend, is_public


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "::",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_addresses_of_our_own(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_the_same_however_it_is_written(address: IPv4Address) -> None:
    for prefix in ("::ffff:0:0", "64:ff9b::"):
        assert is_public(str(IPv6Address(int(ip_address(prefix)) | int(address)))) is is_public(str(address))


@pytest.mark.parametrize(
    ("answer", "allowed", "connects"),
    [
        (["93.184.215.14"], frozenset(), ["93.184.215.14"]),
        (["93.184.215.14", "127.0.0.1"], frozenset(), []),
        (["127.0.0.1"], frozenset(), []),
        (["127.0.0.1"], frozenset({"intranet.example"}), ["127.0.0.1"]),
        (["127.0.0.1"], frozenset({"example"}), []),
    ],
)
async def test_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch, answer: list[str], allowed: frozenset[str], connects: list[str]
) -> None:
    asked: list[str] = []
    connected: list[str] = []

    async def getaddrinfo(host: str, port: int, **_: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        asked.append(host)
        return [(2, 1, 6, "", (each, port)) for each in answer]

    async def connect_tcp(_: object, host: str, *__: object) -> object:
        connected.append(host)
        return object()

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(httpcore2.AnyIOBackend, "connect_tcp", connect_tcp)
    backend = GuardedBackend(allowed)
    if connects:
        await backend.connect_tcp("Intranet.example", 443)
    else:
        with pytest.raises(AddressRefused):
            await backend.connect_tcp("Intranet.example", 443)
    # A second question could be answered otherwise.
    assert (asked, connected) == (["Intranet.example"], connects)
