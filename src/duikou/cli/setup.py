"""`duikou setup`: everything that must be there before the site can serve."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duikou.cli.boot import boot, waiting_migrations
from duikou.cli.output import working


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command takes no arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Prepare the installation; safe to repeat."""
    prepare()
    return 0


def prepare() -> None:
    """Migrate, load the real round at the first start, make the administrator, collect static files.

    Each part does nothing when it has been done. Two preparations at once wait for each other.
    """
    boot(migrated=False)
    from django.conf import settings

    with _alone(settings.HOME / "setup.lock"):
        _migrate()
        _load()
        _administrator()
        _static_files()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _migrate() -> None:
    if waiting_migrations():
        from django.core.management import call_command

        with working("更新数据库结构", "bringing the database up to date"):
            call_command("migrate", interactive=False, verbosity=0)


def _load() -> None:
    from duikou.wings.pairings.loading import load_everything
    from duikou.wings.pairings.models import Round

    if not Round.objects.exists():
        with working("载入浙江省2014年对口支援数据并核查", "loading and auditing Zhejiang's round of 2014"):
            load_everything()


def _administrator() -> None:
    from duikou.wings.people.actions import FIRST_ACCOUNT, ensure_administrator

    if password := ensure_administrator():
        # The password goes to the terminal alone: never into a log, and it is not shown again.
        rule = "─" * 72
        print(
            f"{rule}\n"
            f"管理员账号 / administrator:  {FIRST_ACCOUNT}\n"
            f"一次性密码 / one-time password:  {password}\n"
            "只显示这一次，首次登录须修改 / shown only now; to be changed at the first sign-in\n"
            "该账号兼有省级业务角色，便于查看；正式使用请分设账号\n"
            "it also holds the province's business role for a first look; later open separate accounts\n"
            f"{rule}",
            flush=True,
        )


def _static_files() -> None:
    from django.conf import settings
    from django.core.management import call_command

    stamp = settings.HOME / "static.stamp"
    wanted = _static_digest()
    root = Path(settings.STATIC_ROOT)
    if root.is_dir() and stamp.is_file() and stamp.read_text() == wanted:
        return
    with working("收集静态文件", "collecting static files"):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted)


def _static_digest() -> str:
    """A fingerprint of all static files as the package has them now."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(f"{settings.STORAGES['staticfiles']} {sys.version_info}".encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
