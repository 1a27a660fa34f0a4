"""OHIF: the viewer, as static files that nginx serves (npm: @ohif/app, its ready-made `dist/`)."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

from scripts.tele import ground

VERSION = "3.12.10"
SHA256 = "fbabd410be33e5b9898931b725229b9da9553aac339914b5c29796d3aa5d4b2d"
PREFIX = "package/dist/"
LEFT_OUT = "package/dist/ort/"  # 136 MB for segmentation by models, which nobody asks for
PLACE = ground.CACHE / f"ohif-{VERSION}"


def install() -> None:
    """Fetch the package from the npm registry, compare its digest, unpack what is needed."""
    if (PLACE / "index.html").exists():
        return
    ground.CACHE.mkdir(parents=True, exist_ok=True)
    packed = ground.CACHE / f"ohif-app-{VERSION}.tgz"
    if not packed.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise ground.Trouble(
                "npm is not installed (Debian: apt-get install npm); it fetches the viewer once"
            )
        command = [npm, "pack", f"@ohif/app@{VERSION}", "--pack-destination", str(ground.CACHE)]
        if subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        ).returncode:
            raise ground.Trouble(f"npm could not fetch @ohif/app@{VERSION}: is the registry reachable?")
    unpack(packed, PLACE)


def unpack(packed: Path, place: Path) -> None:
    """Unpack a package whose digest is the known one. Raises Trouble for any other."""
    with packed.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        packed.unlink()
        raise ground.Trouble(f"{packed.name}: expected SHA-256 {SHA256}, found {found}; the file was removed")
    beside = place.with_suffix(".part")
    shutil.rmtree(beside, ignore_errors=True)
    with tarfile.open(packed) as archive:
        for member in archive:
            if not member.isfile() or not member.name.startswith(PREFIX) or member.name.startswith(LEFT_OUT):
                continue
            member.name = member.name.removeprefix(PREFIX)
            archive.extract(member, beside, filter="data")
    beside.rename(place)


def start(home: Path) -> None:
    """Nothing runs: nginx serves the files."""


def stop(home: Path) -> None:
    """Nothing runs."""


def healthy(home: Path) -> bool:
    """Whether the files are there."""
    return (PLACE / "index.html").exists()


def settings(home: Path) -> list[tuple[str, str]]:
    """What the site has to know."""
    return []
