"""The vendored front-end files are the ones that the manifests name."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import vendor

FOLDERS = [vendor.STATIC, vendor.TESTS]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parts[-2])
def test_files_agree_with_the_manifest(folder: Path) -> None:
    assert vendor.differences(folder) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parts[-2])
def test_the_manifest_names_version_and_licence_and_no_address(folder: Path) -> None:
    text = (folder / "manifest.json").read_text("utf-8")
    assert "://" not in text
    for entry in json.loads(text):
        assert {"name", "version", "licence", "folder", "files"} == set(entry)
        assert entry["version"] in entry["folder"]
        assert "LICENSE" in entry["files"]


def test_every_package_is_in_a_manifest() -> None:
    listed = {
        (entry["name"], entry["version"])
        for folder in FOLDERS
        for entry in json.loads((folder / "manifest.json").read_text("utf-8"))
    }
    assert listed == {(package.npm, package.version) for package in vendor.PACKAGES}


def test_no_file_points_to_a_source_map() -> None:
    for folder in FOLDERS:
        for path in folder.rglob("*"):
            if path.suffix in (".js", ".css"):
                assert not re.search(rb"sourceMappingURL=\S", path.read_bytes()), path.name


def test_a_changed_missing_or_extra_file_is_noticed(tmp_path: Path) -> None:
    package = tmp_path / "x-1.0"
    package.mkdir()
    (package / "kept.js").write_text("1")
    (package / "extra.js").write_text("1")
    manifest = [{"folder": "x-1.0", "files": {"kept.js": "0" * 64, "gone.js": "0" * 64}}]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    assert vendor.differences(tmp_path) == [
        "x-1.0/kept.js: differs from the manifest",
        "x-1.0/gone.js: is missing",
        "x-1.0/extra.js: is not in the manifest",
    ]


def test_the_check_runs_from_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, vendor.__file__, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
