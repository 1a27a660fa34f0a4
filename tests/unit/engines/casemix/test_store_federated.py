"""Provinces that send up only sums: together they give what one store of all stays would."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ibis
import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from polars.testing import assert_frame_equal

from duikou.engines.casemix.indicators import DEFINITIONS
from duikou.engines.casemix.indicators.aggregates import AGGREGATES
from duikou.engines.casemix.indicators.compute import compute
from duikou.engines.casemix.indicators.tables import Tables
from duikou.engines.casemix.store import Refused, Store, Submission, federated
from tests.bench.invented_stays import Province, by_hospital

MONTHS = [202401, 202402, 202501, 202502]
NAMES = ("甲省", "乙省", "丙省")
KEYS = {name: Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number, name in enumerate(NAMES)}
PUBLIC = {name: key.public_key().public_bytes_raw() for name, key in KEYS.items()}


def stays() -> list[pl.DataFrame]:
    return list(Province(hospitals=9, counties=6, cities=3, diseases=30).stays(MONTHS, 9_000))


def fill(store: Store, months: list[pl.DataFrame]) -> Store:
    for month in months:
        parts = by_hospital(month)
        store.replace_many(Submission(name, month["month"][0], 1, "b", part) for name, part in parts)
    return store


@pytest.fixture(scope="module")
def provinces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Store]:
    """Each city of the invented province stands for a province with a store of its own."""
    found = {}
    for number, name in enumerate(NAMES, 1):
        own = [month.filter(pl.col("city") == f"33{number:02}00") for month in stays()]
        found[name] = fill(Store(tmp_path_factory.mktemp("store")), own)
    return found


@pytest.fixture
def sent(provinces: dict[str, Store], tmp_path: Path) -> dict[str, Path]:
    return {name: send(store, tmp_path, name) for name, store in provinces.items()}


def send(store: Store, folder: Path, name: str, **options: Any) -> Path:
    path = folder / f"{name}.zip"
    federated.write(store, path, name, KEYS[name].private_bytes_raw(), **options)
    return path


def received(sent: dict[str, Path]) -> list[federated.Contribution]:
    return [federated.read(path, PUBLIC) for path in sent.values()]


def test_the_sums_of_the_provinces_are_those_of_the_whole(sent: dict[str, Path], tmp_path: Path) -> None:
    connection = ibis.duckdb.connect()
    whole = fill(Store(tmp_path / "whole"), stays())
    expected = Tables.of_facts(whole.facts(connection))
    tables = Tables.of_sums(federated.together(received(sent)))
    for name in DEFINITIONS:
        wanted = connection.to_pyarrow(compute(name, expected))
        assert wanted.num_rows, name
        assert connection.to_pyarrow(compute(name, tables)).equals(wanted), name


def test_no_row_of_a_person_is_sent(sent: dict[str, Path], provinces: dict[str, Store]) -> None:
    for path in sent.values():
        with zipfile.ZipFile(path) as archive:
            assert set(archive.namelist()) == {
                "manifest.json", "manifest.sig", *(f"{name}.parquet" for name in AGGREGATES)
            }  # fmt: skip
    for one in received(sent):
        for rows in one.sums.values():
            assert not {"pdx", "age", "sex", "discharged", "batch", "disposition"} & set(rows.columns)


def test_small_cells_lose_their_details_and_nothing_else(provinces: dict[str, Store], tmp_path: Path) -> None:
    store = provinces["甲省"]
    exact = federated.read(send(store, tmp_path, "甲省"), PUBLIC)
    merged = federated.read(send(store, tmp_path, "甲省", minimum=5), PUBLIC)
    assert (exact.minimum, merged.minimum) == (0, 5)
    for name, aggregate in AGGREGATES.items():
        before, after = exact.sums[name], merged.sums[name]
        by = ["hospital", "month"]
        totals = [rows.group_by(by).agg(pl.col(aggregate.sums).sum()).sort(by) for rows in (before, after)]
        assert_frame_equal(*totals)
    detailed = merged.sums["diseases"].filter(pl.col("disease") != "")
    assert detailed["cases"].min() >= 5
    assert exact.sums["diseases"]["cases"].min() < 5


def test_some_aggregates_can_be_left_out(provinces: dict[str, Store], tmp_path: Path) -> None:
    files = {
        name: send(store, tmp_path, name, aggregates=("groups", "residents"))
        for name, store in provinces.items()
    }
    assert set(federated.together(received(files))) == {"groups", "residents"}


def test_an_older_version_can_be_sent(provinces: dict[str, Store], tmp_path: Path) -> None:
    store = provinces["乙省"]
    older = federated.read(send(store, tmp_path, "乙省", as_of=1), PUBLIC)
    assert older.version == 1
    assert older.sums["groups"]["month"].unique().to_list() == MONTHS[:1]


def test_an_empty_province_sends_empty_sums(tmp_path: Path) -> None:
    one = federated.read(send(Store(tmp_path / "none"), tmp_path, "甲省"), PUBLIC)
    assert all(rows.is_empty() for rows in one.sums.values())


def test_a_month_that_two_provinces_sent_is_refused(provinces: dict[str, Store], tmp_path: Path) -> None:
    twice = {name: send(provinces["甲省"], tmp_path, name) for name in ("甲省", "乙省")}
    with pytest.raises(Refused, match="several provinces"):
        federated.together(received(twice))


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _signed_anew(members: dict[str, bytes], **changes: object) -> dict[str, bytes]:
    said = json.dumps(json.loads(members["manifest.json"]) | changes).encode()
    return members | {"manifest.json": said, "manifest.sig": KEYS["甲省"].sign(said)}


def _another_part(members: dict[str, bytes]) -> dict[str, bytes]:
    return members | {"groups.parquet": members["residents.parquet"]}


def _another_manifest(members: dict[str, bytes]) -> dict[str, bytes]:
    said = members["manifest.json"].replace(b'"minimum": 0', b'"minimum": 9')
    assert said != members["manifest.json"]
    return members | {"manifest.json": said}


REFUSALS: list[tuple[Callable[[dict[str, bytes]], dict[str, bytes]], str]] = [
    (_another_part, "not a whole file"),
    (_another_manifest, "not that of"),
    (lambda members: members | {"manifest.sig": b"\0" * 64}, "not that of"),
    (
        lambda members: {name: data for name, data in members.items() if name != "costs.parquet"},
        "not a whole",
    ),
    (lambda members: members | {"manifest.json": b"{"}, "not a whole file"),
    (lambda members: _signed_anew(members, form="0" * 16), "another form"),
    (lambda members: _signed_anew(members, province="丁省"), "no public key of 丁省"),
    (lambda members: _signed_anew(members, parts={"../x.parquet": "0"}), "not a whole file"),
]


@pytest.mark.parametrize(("spoil", "said"), REFUSALS)
def test_a_spoilt_file_is_refused(
    sent: dict[str, Path], spoil: Callable[[dict[str, bytes]], dict[str, bytes]], said: str
) -> None:
    path = sent["甲省"]
    members = spoil(_members(path))
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(Refused, match=said):
        federated.read(path, PUBLIC)


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04"])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(Refused, match="not a whole file"):
        federated.read(path, PUBLIC)


def test_a_cut_file_is_refused(sent: dict[str, Path]) -> None:
    path = sent["甲省"]
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(Refused, match="not a whole file"):
        federated.read(path, PUBLIC)


def test_a_part_with_rows_of_persons_is_refused(sent: dict[str, Path], tmp_path: Path) -> None:
    members = _members(sent["甲省"])
    rows = pl.DataFrame({"hospital": ["H1"], "name": ["x"]})
    rows.write_parquet(tmp_path / "rows.parquet")
    data = (tmp_path / "rows.parquet").read_bytes()
    parts = json.loads(members["manifest.json"])["parts"] | {"groups.parquet": federated.digest(data)}
    members = _signed_anew(members | {"groups.parquet": data}, parts=parts)
    with zipfile.ZipFile(sent["甲省"], "w") as archive:
        for name, part in members.items():
            archive.writestr(name, part)
    with pytest.raises(Refused, match="name"):
        federated.read(sent["甲省"], PUBLIC)


def test_a_signed_part_that_is_no_table_is_refused(sent: dict[str, Path]) -> None:
    members = _members(sent["甲省"])
    parts = json.loads(members["manifest.json"])["parts"] | {"groups.parquet": federated.digest(b"PAR1")}
    members = _signed_anew(members | {"groups.parquet": b"PAR1"}, parts=parts)
    with zipfile.ZipFile(sent["甲省"], "w") as archive:
        for name, part in members.items():
            archive.writestr(name, part)
    with pytest.raises(Refused, match="not a whole file"):
        federated.read(sent["甲省"], PUBLIC)


def test_a_part_of_endless_size_is_refused(sent: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(federated, "LARGEST", 1000)
    with pytest.raises(Refused, match="1000 bytes"):
        federated.read(sent["甲省"], PUBLIC)
