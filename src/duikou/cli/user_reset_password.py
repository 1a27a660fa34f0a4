"""`duikou user reset-password`: a new one-time password, and an end to a lock-out."""

from __future__ import annotations

import argparse

from duikou.cli.accounts import find_user, print_password
from duikou.cli.boot import boot


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("username", help="账号名 / account name")


def run(arguments: argparse.Namespace) -> int:
    """Reset it and print the new one-time password."""
    boot()
    from duikou.core.scope import SYSTEM
    from duikou.wings.people.actions import reset_password

    user = find_user(arguments.username)
    print_password(user.username, reset_password(actor=SYSTEM, user=user))
    return 0
