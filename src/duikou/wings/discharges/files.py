"""Where this wing keeps files: pieces that arrive, accepted rows and faults of each batch, the store.

Everything lies below `settings.DISCHARGES`, and so in every backup. The file as it came
holds names and identity numbers: it is deleted as soon as its rows are committed, refused
for good or withdrawn. What stays are rows without the columns of persons.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

from django.conf import settings

from duikou.wings.discharges.models import Submission

CHUNK = 1024 * 1024


def root() -> Path:
    """The wing's own folder."""
    return Path(settings.DISCHARGES)


def store_folder() -> Path:
    """The folder of the store."""
    return root() / "store"


def scheme_folder(key: str) -> Path:
    """The folder of one imported scheme."""
    return root() / "schemes" / key


def mapping_file(pk: int) -> Path:
    """The file of one imported code mapping."""
    return root() / "mappings" / f"m{pk}.csv"


def sums_file(sha256: str) -> Path:
    """One received file of sums, by its digest."""
    return root() / "sums" / f"{sha256}.zip"


def folder(submission: Submission) -> Path:
    """The folder of one submission, made when it is not there."""
    found = root() / "batches" / submission.batch
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def source(submission: Submission) -> Path:
    """The file as it came (or as far as it has come); messages about its kind quote the ending."""
    ending = re.search(r"\.[A-Za-z0-9]{1,8}$", submission.filename)
    return folder(submission) / f"source{ending[0].lower() if ending else ''}"


def pages(submission: Submission) -> Path:
    """The accepted rows, typed."""
    return folder(submission) / "pages.parquet"


def shared_folder(name: str) -> Path:
    """A folder of accepted rows of many submissions, one file for each month."""
    return root() / "batches" / name


def shared_pages(name: str, month: int) -> Path:
    """The accepted rows of many submissions of one month."""
    shared_folder(name).mkdir(mode=0o700, parents=True, exist_ok=True)
    return shared_folder(name) / f"{month}.parquet"


def facts(submission: Submission) -> Path:
    """The accepted rows as the store takes them."""
    return folder(submission) / "facts.parquet"


def faults(submission: Submission) -> Path:
    """Every fault that the checks found."""
    return folder(submission) / "faults.parquet"


def workbook(submission: Submission) -> Path:
    """The error workbook."""
    return folder(submission) / "faults.xlsx"


def write_at(path: Path, offset: int, content: bytes) -> None:
    """Put a piece of a file into its place and onto the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        view = memoryview(content)
        while view:
            written = os.pwrite(descriptor, view, offset)
            view, offset = view[written:], offset + written
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def free_bytes() -> int:
    """How much room the disk still has."""
    root().mkdir(mode=0o700, parents=True, exist_ok=True)
    return shutil.disk_usage(root()).free


def forget_source(submission: Submission) -> None:
    """Delete the file as it came."""
    source(submission).unlink(missing_ok=True)


def forget(submission: Submission) -> None:
    """Delete everything of one submission."""
    shutil.rmtree(folder(submission), ignore_errors=True)
