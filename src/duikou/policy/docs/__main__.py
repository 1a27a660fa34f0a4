"""Command line: write docs/policy, or check that it is up to date."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from duikou.policy.docs.pages import render_all
from duikou.policy.errors import PackError
from duikou.policy.loader import PACKS

_EXAMPLE = """example:
  python -m duikou.policy.docs                     write docs/policy under the current folder
  python -m duikou.policy.docs --check             say which pages are out of date, write nothing
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 = done or up to date, 1 = out of date, 2 = a pack is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m duikou.policy.docs",
        description="Generate the policy reference (Chinese and English) from the policy packs.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=Path("docs/policy"), help="folder to write (docs/policy)")
    parser.add_argument("--packs", type=Path, default=PACKS, help="folder of packs (the built-in ones)")
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 if a page is out of date")
    options = parser.parse_args(arguments)
    try:
        pages = render_all(options.packs)
    except PackError as error:
        print(error, file=sys.stderr)
        return 2
    stale = outdated(options.out, pages)
    if not options.check:
        for name in stale:
            (options.out / name).parent.mkdir(parents=True, exist_ok=True)
            (options.out / name).write_text(pages[name], encoding="utf-8")
    verb = "out of date" if options.check else "written"
    for name in stale:
        print(f"{options.out / name}: {verb}")
    print(f"{len(pages)} pages, {len(stale)} {verb}")
    return 1 if options.check and stale else 0


def outdated(folder: Path, pages: dict[str, str]) -> list[str]:
    """Return the pages whose file is missing or differs."""
    return [name for name, text in pages.items() if _read(folder / name) != text]


def _read(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None


if __name__ == "__main__":
    sys.exit(main())
