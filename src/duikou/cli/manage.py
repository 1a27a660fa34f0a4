"""`duikou manage …`: Django's management commands with this installation's settings."""

from __future__ import annotations

import os


def run(words: list[str]) -> int:
    """Hand everything over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duikou.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["duikou manage", *words])
    return 0
