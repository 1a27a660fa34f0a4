"""A province's sums in one signed file, and the sums of many provinces as one table.

A province that keeps its stays to itself sends up only what numerators and denominators are
made of: the cells of the indicators, by hospital and month, no row of a person. Cells of
different hospitals add up, so that indicators of all provinces together are those that one
store of all stays would give. The file is a zip of a manifest, its signature (Ed25519) and
one Parquet file for each aggregate, whose digests stand in the manifest.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from duikou.engines.casemix.indicators.aggregates import AGGREGATES, sum_keys
from duikou.engines.casemix.indicators.places import UNKNOWN
from duikou.engines.casemix.store.model import Refused
from duikou.engines.casemix.store.table import Store
from duikou.engines.text import Text

if TYPE_CHECKING:
    import ibis

MERGED: Final = "*"
"""The group of stays whose group is left out because its cell is of too few."""

LARGEST: Final = 1 << 30
"""No part of a file may be larger than this many bytes."""

_MANIFEST, _SIGNATURE = "manifest.json", "manifest.sig"
_BLANK: Final = {"residence": UNKNOWN, "disease": "", "payment": "", "adrg": MERGED, "drg": MERGED}


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one province sent, checked."""

    province: str
    version: int  # of the province's store
    minimum: int  # cells of fewer stays have lost their details
    sums: Mapping[str, pl.DataFrame]
    first: int | None = None  # months that it is of; None is without end
    last: int | None = None


def form() -> str:
    """Return a digest of what the sums are: files of another form cannot be added to ours."""
    said = {name: [sum_keys(name), one.sums] for name, one in sorted(AGGREGATES.items())}
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def digest(part: bytes) -> str:
    """Return what the manifest says of a part."""
    return hashlib.sha256(part).hexdigest()


# --- sending


def write(
    store: Store,
    path: Path,
    province: str,
    key: bytes,
    *,
    as_of: int | None = None,
    aggregates: Sequence[str] = tuple(AGGREGATES),
    minimum: int = 0,
    first: int | None = None,
    last: int | None = None,
) -> None:
    """Write a province's sums of one version, signed with its private key (32 bytes).

    Only months from `first` to `last` are written, where they are given.
    Cells of fewer than `minimum` stays lose their details (the residence becomes unknown; the
    disease, payment and group are left out) and are added up. What hospitals and months add up
    to stays the same; shares and indices that need a lost detail are then of the rest.
    """
    import ibis

    version = store.version() if as_of is None else as_of
    connection = ibis.duckdb.connect()
    tables = store.sums(connection, version) if version >= 0 else store.sums(connection)
    parts = {}
    for name in aggregates:
        rows = pl.from_arrow(connection.to_pyarrow(tables[name]))
        assert isinstance(rows, pl.DataFrame)
        rows = rows.filter(_within(first, last))
        parts[f"{name}.parquet"] = _parquet(_merged(name, rows, minimum))
    manifest = {
        "province": province,
        "version": version,
        "minimum": minimum,
        "first": first,
        "last": last,
        "form": form(),
        "parts": {name: digest(data) for name, data in parts.items()},
    }
    said = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(said)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {_MANIFEST: said, _SIGNATURE: signature, **parts}.items():
            archive.writestr(name, data)


def _within(first: int | None, last: int | None) -> pl.Expr:
    return (pl.col("month") >= (first or 0)) & (pl.col("month") <= (last or 999_912))


def _merged(name: str, rows: pl.DataFrame, minimum: int) -> pl.DataFrame:
    keys, sums = list(sum_keys(name)), list(AGGREGATES[name].sums)
    few = pl.col("cases") < minimum
    changed = [
        pl.when(few).then(pl.lit(blank)).otherwise(pl.col(key)).alias(key)
        for key, blank in _BLANK.items()
        if key in keys
    ]
    return rows.with_columns(changed).group_by(keys).agg(pl.col(sums).sum()).sort(keys)


def _parquet(rows: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    rows.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


# --- receiving


def read(path: Path, known: Mapping[str, bytes]) -> Contribution:
    """Read a file of one of the known provinces (name: public key, 32 bytes); refuse any other."""
    try:
        with zipfile.ZipFile(path) as archive:
            said = _part(archive, _MANIFEST)
            manifest = _manifest(said, _part(archive, _SIGNATURE), known)
            parts = {
                name.removesuffix(".parquet"): _checked(name, _part(archive, name), signed)
                for name, signed in manifest["parts"].items()
            }
            first, last = manifest.get("first"), manifest.get("last")
            for name, rows in parts.items():
                if not rows.filter(~_within(first, last)).is_empty():
                    raise ValueError(f"{name}: months outside {first}–{last}")
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, pl.exceptions.PolarsError) as error:
        raise Refused(
            Text(
                f"文件 {path.name} 不是完整的汇总上报文件（{error}）。请重新导出并上报。",
                f"{path.name} is not a whole file of sums ({error}). Export and send it again.",
            )
        ) from error
    return Contribution(manifest["province"], manifest["version"], manifest["minimum"], parts, first, last)


def unpacked(path: Path) -> Contribution:
    """Return what a file holds that `read` has checked before and whose digest the caller has compared.

    Its parts are those signed for; the key may have been changed since.
    """
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(_part(archive, _MANIFEST))
        parts = {
            name.removesuffix(".parquet"): _checked(name, _part(archive, name), signed)
            for name, signed in manifest["parts"].items()
        }
    first, last = manifest.get("first"), manifest.get("last")
    return Contribution(manifest["province"], manifest["version"], manifest["minimum"], parts, first, last)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        data = part.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(f"{name} > {LARGEST} bytes")
    return data


def _manifest(said: bytes, signature: bytes, known: Mapping[str, bytes]) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(said)
    province = manifest["province"]
    if province not in known:
        raise Refused(
            Text(
                f"未登记“{province}”的公钥，不能确认文件来源。请先登记该省公钥。",
                f"There is no public key of {province}; the file's origin cannot be known. "
                "Register its key first.",
            )
        )
    try:
        Ed25519PublicKey.from_public_bytes(known[province]).verify(signature, said)
    except InvalidSignature:
        raise Refused(
            Text(
                f"文件签名与“{province}”登记的公钥不符，文件可能被改动。请该省重新导出并上报。",
                f"The signature is not that of {province}: the file may have been changed. "
                "Let the province export and send it again.",
            )
        ) from None
    if manifest["form"] != form():
        raise Refused(
            Text(
                f"“{province}”的汇总口径（{manifest['form']}）与本机（{form()}）不同，不能相加。"
                "请统一软件版本。",
                f"The sums of {province} are of another form ({manifest['form']}, ours {form()}) and cannot "
                "be added. Bring both programs to one version.",
            )
        )
    return manifest


def _checked(name: str, data: bytes, signed: str) -> pl.DataFrame:
    """Return the rows of a part that is the one signed for, and holds sums and nothing else."""
    aggregate = name.removesuffix(".parquet")
    if aggregate not in AGGREGATES or digest(data) != signed:
        raise ValueError(name)
    rows = pl.read_parquet(io.BytesIO(data))
    if rows.columns != [*sum_keys(aggregate), *AGGREGATES[aggregate].sums]:
        raise ValueError(f"{name}: {', '.join(rows.columns)}")
    return rows


def together(contributions: Sequence[Contribution]) -> dict[str, ibis.Table]:
    """Return the sums of all provinces, as `indicators.Tables.of_sums` takes them.

    A hospital's month that two provinces sent would count twice and is refused.
    """
    import ibis

    names = [name for name in AGGREGATES if all(name in one.sums for one in contributions)]
    found = {}
    for name in names:
        units = [one.sums[name].select("hospital", "month").unique() for one in contributions]
        twice = pl.concat(units).filter(pl.struct("hospital", "month").is_duplicated())
        if not twice.is_empty():
            hospital, month = twice.sort(pl.all()).row(0)
            raise Refused(
                Text(
                    f"医疗机构 {hospital} 的 {month} 月数据由多个省重复上报。请核对后由一省上报。",
                    f"Month {month} of hospital {hospital} was sent by several provinces. "
                    "Find out whose it is and let one send it.",
                )
            )
        found[name] = ibis.memtable(pl.concat(one.sums[name] for one in contributions).to_arrow())
    return found
