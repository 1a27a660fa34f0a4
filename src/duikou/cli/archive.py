"""The backup archive: one compressed tar with a manifest that names and fingerprints every member."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from duikou.cli.output import CliError

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
KEYS = (
    "secret_key.key", "audit_key.key", "residence_key.key", "sums_key.key", "field_key.key",
    "patient_key.key", "patient_index_key.key",
)  # fmt: skip
_SAFE_NAME = re.compile(r"(?:database|keys/[a-z_]+\.key|files/[^/\\\0]+(?:/[^/\\\0]+)*)")
_MANIFEST_MAX = 64 * 1024 * 1024  # bytes; a manifest line takes about 150
_CHUNK = 1024 * 1024


def home() -> Path:
    """The installation's own folder, as the settings determine it."""
    return Path(os.environ.get("DUIKOU_HOME", "var")).resolve()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds and where it comes from."""

    version: str
    engine: str  # sqlite or postgresql
    created: str
    events: int  # audit events at that time
    members: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # name → sha256, size

    def as_json(self) -> bytes:
        """The manifest as it is stored."""
        values = {
            "product": "duikou", "format": FORMAT, "version": self.version, "engine": self.engine,
            "created": self.created, "events": self.events, "members": self.members,
        }  # fmt: skip
        return json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True).encode()


def fingerprint(file: IO[bytes], copy: IO[bytes] | None = None) -> str:
    """SHA-256 of a stream, which is written to `copy` on the way when given."""
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        if copy is not None:
            copy.write(chunk)
    return digest.hexdigest()


def write(path: Path, manifest: Manifest, sources: Mapping[str, Path]) -> None:
    """Write an archive of `sources` (member name → file), whole or not at all; only its owner may read it."""
    members = {}
    for name, source in sources.items():
        with source.open("rb") as file:
            members[name] = {"sha256": fingerprint(file), "size": source.stat().st_size}
    manifest = Manifest(manifest.version, manifest.engine, manifest.created, manifest.events, members)
    part = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with (
            os.fdopen(descriptor, "wb") as raw,
            tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar,
        ):
            _add_bytes(tar, MANIFEST, manifest.as_json())
            for name, source in sources.items():
                tar.add(source, arcname=name, recursive=False)
            tar.close()
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    import io

    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def unpack(path: Path, folder: Path) -> Manifest:
    """Unpack an archive into `folder`, checking every member against the manifest.

    Raises CliError for anything that is not a sound backup; what was unpacked until then
    lies in `folder` and must not be used.
    """
    try:
        with tarfile.open(path, "r:gz") as tar:
            manifest = _read_manifest(tar)
            missing = set(manifest.members)
            for entry in tar:
                if entry.name == MANIFEST:
                    continue
                if entry.name not in missing or not entry.isreg() or not _SAFE_NAME.fullmatch(entry.name):
                    raise _unsound(f"多余或不安全的成员 {entry.name}", f"unexpected member {entry.name}")
                if ".." in Path(entry.name).parts:
                    raise _unsound(f"不安全的路径 {entry.name}", f"unsafe path {entry.name}")
                missing.remove(entry.name)
                _extract(tar, entry, folder / entry.name, manifest.members[entry.name])
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
            raise
        raise _unsound("不是备份文件，或文件已损坏", "it is no backup, or it is damaged") from error
    if missing:
        raise _unsound(f"缺少 {'、'.join(sorted(missing))}", f"missing: {', '.join(sorted(missing))}")
    return manifest


def _read_manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    if first is None or first.name != MANIFEST or not first.isreg() or first.size > _MANIFEST_MAX:
        raise _unsound("没有清单 manifest.json", "it has no manifest.json")
    stream = tar.extractfile(first)
    try:
        values = json.loads(stream.read() if stream else b"")
        if values["product"] != "duikou":
            raise KeyError("product")
        if values["format"] > FORMAT:
            raise CliError(
                f"备份由更新的版本（{values['version']}）写成。请先升级程序",
                f"the backup was written by a newer version ({values['version']}): upgrade first",
            )
        return Manifest(
            values["version"], values["engine"], values["created"], values["events"], values["members"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _unsound("清单无法识别", "its manifest cannot be read") from error


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, target: Path, wanted: Mapping[str, Any]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    stream = tar.extractfile(entry)
    assert stream is not None  # a regular file
    with target.open("wb") as file:
        found = fingerprint(stream, file)
    if found != wanted["sha256"]:
        raise _unsound(f"{entry.name} 的校验值不符", f"the digest of {entry.name} does not fit")


def _unsound(zh: str, en: str) -> CliError:
    return CliError(
        f"备份不可用：{zh}。没有恢复任何内容", f"the backup is unusable: {en}. Nothing was restored"
    )
