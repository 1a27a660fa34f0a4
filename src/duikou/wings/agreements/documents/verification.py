"""The code on each page by which anybody can check a paper against what is kept.

Sixteen characters of Crockford's alphabet: 80 bits that nobody guesses, short enough to be typed.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U, which are misread
LENGTH = 16
_MISREAD = str.maketrans("OIL", "011")


def new_code() -> str:
    """A fresh code in groups of four: 7K3M-9QPT-02XA-HB5N."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(drawn[place : place + 4] for place in range(0, LENGTH, 4))


def typed_code(text: str) -> str | None:
    """A code as somebody typed it, in its proper form; None when it cannot be one."""
    letters = "".join(text.upper().split()).replace("-", "").translate(_MISREAD)
    if len(letters) != LENGTH or not set(letters) <= set(ALPHABET):
        return None
    return "-".join(letters[place : place + 4] for place in range(0, LENGTH, 4))
