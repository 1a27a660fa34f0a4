"""`duikou casemix scheme list`: the grouping schemes at hand."""

from __future__ import annotations

import argparse
from typing import Any

from duikou.cli.boot import message_language
from duikou.cli.casemix_schemes import folders
from duikou.cli.output import print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 when every scheme can be read; 1 when one cannot."""
    from duikou.engines.casemix import scheme

    english = message_language() == "en"
    rows: list[dict[str, Any]] = []
    for folder in folders():
        try:
            loaded = scheme.load(folder)
        except scheme.BadScheme as error:
            rows.append({"name": folder.name, "error": error.message.en if english else error.message.zh})
            continue
        rows.append(
            {
                "name": folder.name,
                "version": loaded.version,
                "title": loaded.title.en if english else loaded.title.zh,
                "official": loaded.official,
                "form": loaded.form,
                "groups": len(loaded.drgs()),
                "checksum": loaded.checksum,
                "source": loaded.source,
            }
        )
    if arguments.json:
        print_json(rows)
    else:
        for row in rows:
            print(f"✗ {row['name']}: {row['error']}" if "error" in row else _line(row))
    return 1 if any("error" in row for row in rows) else 0


def _line(row: dict[str, Any]) -> str:
    cells = (row["name"], row["title"], row["form"], f"{row['groups']} DRG", row["checksum"][:16])
    return " · ".join(cells)
