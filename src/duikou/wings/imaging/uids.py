"""Unique identifiers of DICOM: digits and dots that say nothing about anybody."""

from __future__ import annotations

import re
import uuid

_UID = re.compile(r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+", re.ASCII)


def is_uid(text: str) -> bool:
    """Whether a text is one."""
    return len(text) <= 64 and _UID.fullmatch(text) is not None


def new_uid() -> str:
    """One that is derived from chance alone (DICOM PS3.5, annex B.2)."""
    return f"2.25.{uuid.uuid4().int}"
