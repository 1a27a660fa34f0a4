"""`duikou backup`: database, files and keys in one verified archive, while the site runs."""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from pathlib import Path

from duikou.cli import archive, databases
from duikou.cli.boot import boot
from duikou.cli.main import program_version
from duikou.cli.output import CliError, working


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", type=Path, help="备份文件 / archive to write, e.g. duikou-2014-03-01.tar.gz")
    parser.add_argument("--force", action="store_true", help="覆盖已有文件 / overwrite an existing file")
    parser.add_argument(
        "--without-keys", action="store_true",
        help="不含密钥，恢复前须另行放回 / without keys: put them back by hand before a restore",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Write the archive; an existing one is replaced only with `--force`, and only by a whole one."""
    target: Path = arguments.file
    if target.exists() and not arguments.force:
        raise CliError(f"{target} 已存在，加 --force 覆盖", f"{target} exists: use --force to overwrite it")
    if not target.resolve().parent.is_dir():
        raise CliError(f"没有文件夹 {target.parent}", f"there is no folder {target.parent}")
    boot()
    from django.conf import settings

    from duikou.core.models import AuditHead

    database = databases.current()
    with tempfile.TemporaryDirectory(dir=settings.HOME, prefix="backup-") as folder:
        copy = Path(folder) / archive.DATABASE
        with working("备份数据库", "backing up the database"):
            events = AuditHead.objects.filter(id=1).values_list("number", flat=True).first() or 0
            database.save(copy)
        sources = {archive.DATABASE: copy}
        if not arguments.without_keys:
            keys = (settings.HOME / name for name in archive.KEYS)
            sources |= {f"keys/{key.name}": key for key in keys if key.is_file()}
        root = Path(settings.MEDIA_ROOT)
        files = sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []
        sources |= {f"files/{path.relative_to(root).as_posix()}": path for path in files}
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        manifest = archive.Manifest(program_version(), database.engine, now, events)
        with working("压缩并计算校验值", "compressing and fingerprinting"):
            archive.write(target, manifest, sources)
    print(
        f"{target} · {target.stat().st_size / 1e6:.1f} MB · {len(files)} 个文件 / files · "
        f"{events} 个审计事件 / audit events"
    )
    return 0
