"""Orthanc: the store of DICOM images with DICOMweb (Debian: orthanc, orthanc-dicomweb, orthanc-gdcm)."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from pathlib import Path

from scripts.tele import ground

NAME = "orthanc"
PLUGINS = "/usr/share/orthanc/plugins"
USER = "duikou"


def install() -> None:
    """Debian's packages; their own service is not used."""
    ground.apt(
        {
            "Orthanc": "orthanc",
            f"{PLUGINS}/libOrthancDicomWeb.so": "orthanc-dicomweb",
            f"{PLUGINS}/libOrthancGdcm.so": "orthanc-gdcm",
        }
    )


def start(home: Path) -> None:
    """Start it on the ports of this home."""
    place = ground.folder(home, NAME)
    values = {
        "storage": json.dumps(str(ground.folder(home, NAME, "storage"))),
        "index": json.dumps(str(ground.folder(home, NAME, "index"))),
        "plugins": json.dumps([f"{PLUGINS}/libOrthancDicomWeb.so", f"{PLUGINS}/libOrthancGdcm.so"]),
        "http": ground.port(home, "orthanc"),
        "dicom": ground.port(home, "dicom"),
        "users": json.dumps({USER: ground.secret(home, NAME)}),
    }
    ground.write(place / "orthanc.json", ground.fill(NAME, "orthanc.json", values))
    # Without TCP_NODELAY each C-STORE waits for the other side's delayed acknowledgement.
    program = ground.program("Orthanc")
    if program is None:
        raise ground.Trouble("Orthanc is not installed: make tele")
    ground.launch(home, NAME, [program, str(place / "orthanc.json")], {"TCP_NODELAY": "1"})
    ground.answers(home, NAME, healthy)


def stop(home: Path) -> None:
    """Stop it; what it has stored stays."""
    ground.end(home, NAME)


def healthy(home: Path) -> bool:
    """Whether it answers, to us."""
    request = urllib.request.Request(
        f"{address(home)}/system", headers={"Authorization": authorization(home)}
    )
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def address(home: Path) -> str:
    """Where the site and the proxy reach it."""
    return f"http://127.0.0.1:{ground.port(home, 'orthanc')}"


def authorization(home: Path) -> str:
    """The header that site and proxy send along."""
    return "Basic " + base64.b64encode(f"{USER}:{ground.secret(home, NAME)}".encode()).decode()


def settings(home: Path) -> list[tuple[str, str]]:
    """What the site has to know."""
    return [("DUIKOU_ORTHANC_URL", address(home)), ("DUIKOU_ORTHANC_SECRET", ground.secret(home, NAME))]
