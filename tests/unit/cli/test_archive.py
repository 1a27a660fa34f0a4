"""The backup archive: whole or not at all when written, sound or refused when read."""

from __future__ import annotations

import io
import json
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from duikou.cli import archive
from duikou.cli.output import CliError

MANIFEST = archive.Manifest("0.1.0", "sqlite", "2014-03-01T00:00:00+00:00", 7)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A small archive with a database, a key and a file."""
    sources = {}
    for name, content in (
        ("database", b"rows" * 1000),
        ("keys/audit_key.key", b"k"),
        ("files/a/附件.csv", b"a,b"),
    ):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sources[name] = path
    target = tmp_path / "backup.tar.gz"
    archive.write(target, MANIFEST, sources)
    return target


def rebuilt(
    path: Path,
    change: Callable[[str, bytes], tuple[str, bytes] | None],
    extra: tuple[str, bytes] | None = None,
) -> Path:
    """The archive with its members changed, left out (None) or one added."""
    with tarfile.open(path) as tar:
        members = [(m.name, tar.extractfile(m).read()) for m in tar]  # type: ignore[union-attr]
    changed = [found for name, content in members if (found := change(name, content))]
    with tarfile.open(path, "w:gz") as tar:
        for name, content in [*changed, *([extra] if extra else [])]:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return path


def same(name: str, content: bytes) -> tuple[str, bytes]:
    return name, content


def test_it_works(sound: Path, tmp_path: Path) -> None:
    manifest = archive.unpack(sound, tmp_path / "out")
    assert (manifest.version, manifest.engine, manifest.events) == ("0.1.0", "sqlite", 7)
    assert (tmp_path / "out/files/a/附件.csv").read_bytes() == b"a,b"
    assert (tmp_path / "out/database").stat().st_size == 4000


def test_only_its_owner_may_read_it(sound: Path) -> None:
    assert stat.S_IMODE(sound.stat().st_mode) == 0o600


def test_a_failed_backup_leaves_the_old_one_and_no_rest(sound: Path, tmp_path: Path) -> None:
    before = sound.read_bytes()
    with pytest.raises(FileNotFoundError):
        archive.write(sound, MANIFEST, {"database": tmp_path / "absent"})
    assert sound.read_bytes() == before
    assert not list(tmp_path.glob("*.part"))


def test_one_changed_byte_is_refused(sound: Path, tmp_path: Path) -> None:
    rebuilt(sound, lambda name, content: (name, b"R" + content[1:] if name == "database" else content))
    with pytest.raises(CliError, match="database"):
        archive.unpack(sound, tmp_path / "out")


def test_a_missing_member_is_refused(sound: Path, tmp_path: Path) -> None:
    rebuilt(sound, lambda name, content: None if name == "database" else (name, content))
    with pytest.raises(CliError, match="missing: database"):
        archive.unpack(sound, tmp_path / "out")


@pytest.mark.parametrize("name", ["files/more.txt", "../outside", "/etc/outside", "files/../../outside"])
def test_a_member_that_the_manifest_does_not_name_is_refused(sound: Path, tmp_path: Path, name: str) -> None:
    rebuilt(sound, same, extra=(name, b"x"))
    with pytest.raises(CliError, match="member"):
        archive.unpack(sound, tmp_path / "out")
    assert not (tmp_path / "outside").exists()


def test_a_manifest_that_names_a_place_outside_is_refused(sound: Path, tmp_path: Path) -> None:
    evil = "files/../../outside"

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        if name != archive.MANIFEST:
            return name, content
        values = json.loads(content)
        values["members"][evil] = {"sha256": "0" * 64, "size": 1}
        return name, json.dumps(values).encode()

    rebuilt(sound, change, extra=(evil, b"x"))
    with pytest.raises(CliError):
        archive.unpack(sound, tmp_path / "out" / "deep")
    assert not (tmp_path / "outside").exists()


def test_links_are_refused(sound: Path, tmp_path: Path) -> None:
    with tarfile.open(sound) as tar:
        manifest = tar.extractfile(archive.MANIFEST).read()  # type: ignore[union-attr]
    with tarfile.open(sound, "w:gz") as tar:
        entry = tarfile.TarInfo(archive.MANIFEST)
        entry.size = len(manifest)
        tar.addfile(entry, io.BytesIO(manifest))
        link = tarfile.TarInfo("database")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(CliError):
        archive.unpack(sound, tmp_path / "out")


@pytest.mark.parametrize("length", [0, 10, 200])
def test_a_cut_off_archive_is_refused(sound: Path, tmp_path: Path, length: int) -> None:
    sound.write_bytes(sound.read_bytes()[:length])
    with pytest.raises(CliError):
        archive.unpack(sound, tmp_path / "out")


@pytest.mark.parametrize("content", [b"no archive at all", b"PK\x03\x04" + bytes(40)])
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(content)
    with pytest.raises(CliError):
        archive.unpack(path, tmp_path / "out")


@pytest.mark.parametrize("values", [{}, {"product": "other"}, [], "text"])
def test_a_manifest_without_sense_is_refused(sound: Path, tmp_path: Path, values: object) -> None:
    rebuilt(
        sound,
        lambda name, content: (name, json.dumps(values).encode() if name == archive.MANIFEST else content),
    )
    with pytest.raises(CliError):
        archive.unpack(sound, tmp_path / "out")


def test_a_backup_of_a_newer_version_is_refused_and_says_so(sound: Path, tmp_path: Path) -> None:
    def newer(name: str, content: bytes) -> tuple[str, bytes]:
        if name != archive.MANIFEST:
            return name, content
        return name, json.dumps(json.loads(content) | {"format": 99, "version": "9.0"}).encode()

    rebuilt(sound, newer)
    with pytest.raises(CliError, match=r"9\.0"):
        archive.unpack(sound, tmp_path / "out")
