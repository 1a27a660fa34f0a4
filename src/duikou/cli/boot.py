"""Start Django for a command."""

from __future__ import annotations

import os
import sys

from duikou.cli.output import CliError


def boot(*, migrated: bool = True) -> None:
    """Load settings and apps, and choose the language of messages.

    With `migrated` (the usual case) a database that is empty or older than the program
    is refused, with the command that brings it up to date. Raises CliError.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duikou.config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.utils import translation

    try:
        django.setup()
    except (ValueError, ImproperlyConfigured) as error:  # a setting from the environment makes no sense
        raise CliError(f"设置有误：{error}", f"a setting is wrong: {error}") from error
    translation.activate("en" if message_language() == "en" else "zh-hans")
    if migrated and (waiting := waiting_migrations()):
        raise CliError(
            f"数据库尚未准备好（缺 {waiting} 个迁移）。请先运行 duikou setup",
            f"the database is not ready ({waiting} migrations missing): run duikou setup first",
        )


def message_language() -> str:
    """zh or en, as the surroundings ask for (DUIKOU_LANG, LC_ALL, LC_MESSAGES, LANG); Chinese otherwise."""
    for name in ("DUIKOU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name, ""):
            return "en" if value.lower().startswith("en") else "zh"
    return "zh"


def waiting_migrations() -> int:
    """How many migrations the database still lacks."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def own_command(*words: str) -> list[str]:
    """The command line that runs `duikou WORDS` with this very interpreter."""
    return [sys.executable, "-m", "duikou.cli", *words]
