"""Who really called, when trusted proxies stand in front.

A proxy has every caller's requests come from its own address; it says in X-Forwarded-For for
whom it asks. Anybody can write that header: only what comes from a proxy that the operator has
named (`settings.TRUSTED_PROXIES`) is believed. Without one the header means nothing.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Sequence

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# 192.0.2.7:4711 and [2001:db8::7]:4711: some proxies add the port.
_WITH_PORT = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::[0-9]{1,5})?")


class ProxyMiddleware:
    """Gives a request that came through trusted proxies its caller's own address, as REMOTE_ADDR.

    Everything behind it (the lock after wrong passwords, the rate of the API, sessions,
    logs) then means the caller, not the proxy. The first middleware of all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.TRUSTED_PROXIES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        peer = request.META.get("REMOTE_ADDR", "")
        chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        request.META["REMOTE_ADDR"] = caller(peer, chain, settings.TRUSTED_PROXIES)
        return self.get_response(request)


def caller(peer: str, chain: Sequence[str], trusted: Sequence[Network]) -> str:
    """The address behind the trusted proxies: the last in the chain that is not one of them.

    Each proxy adds at the end whom it heard from; what stands before the caller's own
    address is what the caller claims. A proxy that adds no address stands for itself.
    """
    found = peer
    for entry in reversed(chain):
        if not _is_trusted(found, trusted):
            return found
        if (address := _address(entry)) is None:
            return found
        found = str(address)
    return found


def _is_trusted(text: str, trusted: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in trusted)


def _address(text: str) -> Address | None:
    text = text.strip()
    if match := _WITH_PORT.fullmatch(text):
        text = match[1] or match[2]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)  # ::ffff:192.0.2.7 of a socket for both families
    return mapped or address
