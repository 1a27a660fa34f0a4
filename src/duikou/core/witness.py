"""What the audit chain had reached, kept outside the database.

A key protects the content of the chain, not its existence: who can write the tables
could empty them, or put an older database in place. A small file in the installation's
home remembers the newest link; the chain must still contain it.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Witness:
    """A link that the chain is known to have had."""

    number: int
    digest: str


def _path() -> Path | None:
    path: Path | None = settings.AUDIT_WITNESS
    return path


def recall() -> Witness | None:
    """The newest link remembered; None when nothing is (a new home, or no file wanted)."""
    path = _path()
    if path is None or not path.exists():
        return None
    return Witness(**json.loads(path.read_text()))


def remember(number: int, digest: str) -> None:
    """Remember a link, once its transaction is committed.

    Whoever comes late overwrites with an older link, which is true as well; the file is
    replaced whole, so that a kill leaves the former one.
    """
    path = _path()
    if path is not None:
        draft = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        draft.write_text(json.dumps(asdict(Witness(number, digest))))
        draft.replace(path)
