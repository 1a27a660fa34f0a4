"""`python -m scripts.tele install|up|down|status [component …]`, for the home in DUIKOU_HOME (or var)."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

from scripts.tele import ground

COMPONENTS = ("orthanc", "ohif", "nginx", "coturn", "janus", "tiles", "ffmpeg")
"""In the order in which they start; each tells the site its settings with `settings(home)`."""


def main() -> int:
    """Do what was asked; 1 when something has to be put right."""
    parser = argparse.ArgumentParser(prog="python -m scripts.tele", description=__doc__)
    parser.add_argument("what", choices=("install", "up", "down", "status"))
    parser.add_argument(
        "components", nargs="*", metavar="component", help=f"of {', '.join(COMPONENTS)}; default: all"
    )
    arguments = parser.parse_args()
    home = Path(os.environ.get("DUIKOU_HOME", "var")).resolve()
    if unknown := set(arguments.components) - set(COMPONENTS):
        parser.error(f"no such component: {', '.join(sorted(unknown))}")
    chosen = [name for name in COMPONENTS if name in (arguments.components or COMPONENTS)]
    try:
        for name in chosen if arguments.what != "down" else reversed(chosen):
            _do(arguments.what, name, home)
    except ground.Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    if arguments.what == "up":
        lines = [line for name in COMPONENTS for line in component(name).settings(home)]
        told = ground.environment_file(home, lines)
        print(f"settings for the site: {told} (make run reads it; start it anew)")
    return 0


def component(name: str) -> ModuleType:
    """The module of a component."""
    return importlib.import_module(f"scripts.tele.{name}")


def _do(what: str, name: str, home: Path) -> None:
    module = component(name)
    if what in ("install", "up"):
        module.install()
    if what == "up":
        module.start(home)
    if what == "down":
        module.stop(home)
    state = "answers" if module.healthy(home) else "off"
    print(f"{name:10} {'installed' if what == 'install' else state}")


if __name__ == "__main__":
    sys.exit(main())
