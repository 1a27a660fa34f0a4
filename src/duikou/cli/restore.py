"""`duikou restore`: put a backup in place, and prove that it arrived whole."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import tempfile
from pathlib import Path

from duikou.cli import archive, databases
from duikou.cli.boot import boot, waiting_migrations
from duikou.cli.output import CliError, fail, working


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", type=Path, help="备份文件 / archive written by duikou backup")
    parser.add_argument(
        "--force",
        action="store_true",
        help="覆盖已有数据；请先停止网站 / replace existing data; stop the site first",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when everything is in place and the audit chain holds."""
    database = databases.current()
    home = archive.home()
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix="restore-") as name:
        folder = Path(name)
        with working("解包并核对校验值", "unpacking and checking digests"):
            manifest = archive.unpack(arguments.file, folder)
        if manifest.engine != database.engine:
            raise CliError(
                f"备份来自 {manifest.engine}，当前数据库是 {database.engine}。请改用同类数据库",
                f"the backup is of {manifest.engine}, this database is {database.engine}: use the same kind",
            )
        if not arguments.force and not database.is_empty():
            raise CliError(
                "目标数据库不是空的。请先备份现有数据并停止网站，再加 --force 覆盖",
                "the database is not empty: back it up, stop the site, then use --force to replace it",
            )
        with working("恢复数据库、文件与密钥", "restoring database, files and keys"):
            _place_keys(folder / "keys", home)
            database.restore(folder / archive.DATABASE)
            _place_files(folder / "files", home / "files")
    return _prove(manifest)


def _place_keys(source: Path, home: Path) -> None:
    """Put the keys back; one that differs is kept beside, with the time in its name."""
    for name in archive.KEYS:
        key, target = source / name, home / name
        if not key.is_file():
            continue
        if target.is_file() and target.read_bytes() != key.read_bytes():
            moment = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
            target.replace(target.with_name(f"{name}.{moment}"))
        fresh = target.with_name(f"{name}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.read_bytes())
        fresh.replace(target)


def _place_files(source: Path, target: Path) -> None:
    if target.exists():
        shutil.rmtree(target)
    if source.is_dir():
        shutil.move(source, target)


def _prove(manifest: archive.Manifest) -> int:
    """Bring an older backup up to date, then verify its audit chain."""
    boot(migrated=False)
    from django.core.management import call_command

    from duikou.core import audit, triggers
    from duikou.core.models import AuditEvent

    if waiting_migrations():
        with working("更新数据库结构", "bringing the database up to date"):
            call_command("migrate", interactive=False, verbosity=0)
    triggers.install()
    with working("核对审计链", "verifying the audit chain"):
        broken = audit.verify(with_witness=False)  # an older state is what was asked for
    count = AuditEvent.objects.count()
    if broken is not None:
        fail(
            f"数据已恢复，但审计链断开：{broken.why}。若备份不含密钥，请放回原来的 audit_key.key\n"
            "restored, but the audit chain breaks; if the backup was made without keys, put the original "
            "audit_key.key back"
        )
        return 1
    audit.accept_as_it_is()
    print(
        f"已恢复 / restored: {manifest.created} · {count} 个审计事件，链条完整 / audit events, chain intact"
    )
    return 0
