"""Database settings from one address: embedded SQLite by default, PostgreSQL in production."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def use_current_sqlite() -> None:
    """Let Django use the SQLite that the `pysqlite3` wheel carries.

    System SQLite up to 3.51.2 can corrupt a WAL database when several processes
    reset the log at once; the wheel is newer. Without the wheel (an unusual
    platform) the system's own stays in use and `/readyz` shows its version.
    """
    try:
        import pysqlite3
    except ImportError:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def database_settings(address: str, home: Path) -> dict[str, Any]:
    """Django's DATABASES entry for `address`.

    `address` is empty (SQLite under `home`), `sqlite:///path` or
    `postgres://user:password@host:port/name?option=value`.
    Raises ValueError for any other scheme.
    """
    if not address or address.startswith("sqlite:"):
        path = address.removeprefix("sqlite:///") if address else str(home / "duikou.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "OPTIONS": {
                # A read that turns into a write would otherwise fail with "database is locked".
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                    "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    parts = urlsplit(address)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(f"DATABASE_URL: expected sqlite:/// or postgres://, found {parts.scheme}://")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    pool = int(os.environ.get("DUIKOU_PG_POOL", "0"))
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 20}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or options.pop("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0 if pool else 60,
        "CONN_HEALTH_CHECKS": not pool,
        "OPTIONS": options,
    }
