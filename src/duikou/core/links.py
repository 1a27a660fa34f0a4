"""Addresses of pages that a lower floor may name without importing the face that owns them."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def link(name: str, *parts: object) -> str:
    """The address of a page by its name; '' while no page answers to it."""
    try:
        return reverse(name, args=parts)
    except NoReverseMatch:
        return ""
