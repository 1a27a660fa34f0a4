"""What the database must not show: identity numbers and phones, encrypted; and a blind index.

Two keys. `PATIENT_KEY` encrypts; `PATIENT_INDEX_KEY` makes a keyed digest by which equal numbers find each
other although nobody who has only the database can read or guess them. `rekey` writes all rows anew: after
a change of the first key (the old one meanwhile in `PATIENT_KEYS_BEFORE`), of the second, or of both.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def _fernet(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key).digest()))


def _cipher() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in (settings.PATIENT_KEY, *settings.PATIENT_KEYS_BEFORE)])


def seal(text: str) -> str:
    """Ciphertext for the database; nothing stays nothing."""
    return _cipher().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """What a ciphertext says. Raises InvalidToken when the key is another."""
    return _cipher().decrypt(sealed.encode()).decode() if sealed else ""


def blind_index(kind: str, number: str) -> str:
    """The digest under which an identity number of a kind is found; none for no number."""
    if not number:
        return ""
    return hmac.new(settings.PATIENT_INDEX_KEY, f"{kind}:{number}".encode(), hashlib.sha256).hexdigest()
