"""`duikou policy check`: read policy packs and report every fault with file and line."""

from __future__ import annotations

import argparse
from pathlib import Path

from duikou.cli.output import CliError, fail


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        help="政策包文件夹或文件，默认检查全部自带政策包 / a pack's folder or file (default: all)",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when all packs are sound; 1 otherwise."""
    from duikou.policy.errors import PackError
    from duikou.policy.loader import PACKS, available_packs, check_pack

    path: Path | None = arguments.path
    if path is not None and not path.exists():
        raise CliError(
            f"找不到 {path}：应为政策包文件夹或 .toml 文件",
            f"{path} not found: give a pack's folder or .toml file",
        )
    paths = [path] if path else [_place(PACKS, pack) for pack in available_packs()]
    sound = True
    for one in paths:
        try:
            pack = check_pack(one)
        except PackError as error:
            fail(str(error))
            sound = False
        else:
            print(f"✓ {pack.id}: {len(pack.rules)} 条规则 / rules, {len(pack.documents)} 份文件 / documents")
    return 0 if sound else 1


def _place(root: Path, pack: str) -> Path:
    folder = root / pack
    return folder if folder.is_dir() else root / f"{pack}.toml"
