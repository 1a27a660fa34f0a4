"""Whose address counts: what trusted proxies say is believed, what anybody else writes is not."""

from __future__ import annotations

import os
import subprocess
import sys
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.core.proxies import caller

TRUSTED = tuple(map(ip_network, ("127.0.0.1/32", "10.0.0.0/8", "2001:db8::/32")))


@pytest.mark.parametrize(
    ("peer", "chain", "expected"),
    [
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),  # a stranger claims to ask for another
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),  # a check on the machine itself
        ("127.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),  # the caller wrote the first one
        ("127.0.0.1", "1.2.3.4, 203.0.113.9, 10.1.2.3", "203.0.113.9"),  # two proxies
        ("127.0.0.1", "10.9.9.9", "10.9.9.9"),  # somebody in the proxies' own network
        ("127.0.0.1", "203.0.113.9, nonsense", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9:51234", "203.0.113.9"),
        ("127.0.0.1", "[2a00::9]:443", "2a00::9"),
        ("2001:db8::1", "2a00::9", "2a00::9"),
        ("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("::ffff:198.51.100.7", "203.0.113.9", "::ffff:198.51.100.7"),
        ("", "203.0.113.9", ""),  # a local socket has no address
    ],
)
def test_the_address_behind_the_trusted_proxies(peer: str, chain: str, expected: str) -> None:
    assert caller(peer, chain.split(","), TRUSTED) == expected


addresses = st.ip_addresses().map(str)


@given(addresses, st.lists(st.one_of(addresses, st.text(max_size=12))), addresses)
def test_what_a_caller_writes_never_changes_who_it_is(
    proxy_heard: str, claimed: list[str], other: str
) -> None:
    """Whatever stands before what the proxy itself added makes no difference, unless that is a proxy."""
    if any(ip_address(proxy_heard) in network for network in TRUSTED):
        return
    plain = caller("127.0.0.1", [proxy_heard], TRUSTED)
    assert caller("127.0.0.1", [*claimed, other, proxy_heard], TRUSTED) == plain


@given(addresses, st.lists(st.text(max_size=30)))
def test_without_trusted_proxies_the_peer_is_the_caller(peer: str, chain: list[str]) -> None:
    assert caller(peer, chain, ()) == peer


def _settings(value: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import duikou.config.settings as s; print(*s.TRUSTED_PROXIES)"],
        env={**os.environ, "DUIKOU_HOME": str(tmp_path), "DUIKOU_PROXIES": value},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", ""),
        ("127.0.0.1", "127.0.0.1/32"),
        ("127.0.0.1, ::1,10.1.0.0/16", "127.0.0.1/32 ::1/128 10.1.0.0/16"),
    ],
)
def test_the_setting(value: str, shown: str, tmp_path: Path) -> None:
    assert _settings(value, tmp_path).stdout.strip() == shown


@pytest.mark.parametrize("value", ["nginx", "10.1.2.3/8", "0.0.0.0/0", "::/0"])
def test_a_setting_that_names_no_proxy_is_refused(value: str, tmp_path: Path) -> None:
    """A name, a network with bits of a host, and everybody."""
    found = _settings(value, tmp_path)
    assert found.returncode != 0
    assert "DUIKOU_PROXIES" in found.stderr
    assert value in found.stderr
