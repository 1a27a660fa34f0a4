"""Sums that provinces send up: together the whole; what cannot be trusted or added is refused."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent, OrgUnit
from duikou.core.scope import actor_for
from duikou.engines.casemix.store import Store, Submission, federated
from duikou.wings.discharges import files, storage
from duikou.wings.discharges.actions import sums as actions
from duikou.wings.discharges.figures import Reader, current
from duikou.wings.discharges.models import SumsFile
from duikou.wings.discharges.queries import sums as queries
from duikou.wings.hospitals.models import Hospital
from tests.wings.discharges.files import HOSPITAL, csv, stays
from tests.wings.discharges.test_submissions import in_force, submit

NAMES = {"甲省": "330000", "乙省": "990000"}
ADDRESS = "/app/discharges/sums/"
MONTHS = ("2025-03", "2025-04")


@pytest.fixture
def nation(account: Callable[..., Any]) -> Any:
    """Who receives."""
    return actor_for(account("national_officer", OrgUnit.objects.get(kind="nation").name))


@pytest.fixture
def whole(actor: Callable[..., Any]) -> None:
    """One store of the stays of two hospitals in two months."""
    for number, name in enumerate((HOSPITAL, "淳安县第一人民医院")):
        hospital = Hospital.objects.get(name=name)
        theirs = actor("hospital_liaison", name)
        for month in MONTHS:
            rows = stays(40, hospital=name, month=month, seed=number + 7)
            home = pl.when(pl.int_range(pl.len()) % 3 > number).then(pl.lit("330523"))
            content = csv(rows.with_columns(residence=home.otherwise(pl.lit("330127"))))
            in_force(theirs, submit(theirs, hospital, content, month))


def half(which: int, folder: Path) -> Store:
    """A store that holds every second hospital of the whole one."""
    import ibis

    facts = storage.store().facts(ibis.duckdb.connect(), current().version).to_polars()
    hospitals = sorted(facts["hospital"].unique())[which::2]
    store = Store(folder / f"half{which}")
    parts = facts.filter(facts["hospital"].is_in(hospitals)).partition_by(["hospital", "month"], as_dict=True)
    store.replace_many(
        Submission(str(hospital), int(str(month)), 1, "b", part) for (hospital, month), part in parts.items()
    )
    return store


def sent(store: Store, folder: Path, name: str, **more: Any) -> bytes:
    """Its sums in a file, signed with this installation's key."""
    path = folder / f"{name}.zip"
    federated.write(store, path, name, actions.signing_key(), **more)
    return path.read_bytes()


def registered(nation: Any, name: str = "甲省") -> None:
    actions.register_sender(actor=nation, name=name, code=NAMES[name], public_key=actions.public_key())


def receive(nation: Any, content: bytes, **more: Any) -> SumsFile:
    return actions.receive_sums(actor=nation, content=content, filename="s.zip", **more)


@pytest.mark.usefixtures("whole")
def test_the_sums_of_two_provinces_equal_the_whole(
    nation: Any, tmp_path: Path, account: Callable[..., Any]
) -> None:
    for which, name in enumerate(NAMES):
        registered(nation, name)
        receive(nation, sent(half(which, tmp_path), tmp_path, name))
    found = queries.board(nation)
    with Reader() as reader:
        for name in (*queries.WORK, *queries.RESIDENTS):
            unit = "hospital" if name in queries.WORK else "residence"
            rows = reader.figure(name, by=[unit], minimum=0).rows
            numerator, denominator = (sum(row[part] for row in rows) for part in ("numerator", "denominator"))
            assert (found.whole[name].numerator, found.whole[name].denominator) == (numerator, denominator)
            if name in queries.WORK:
                parts = [found.rows[sender][name] for sender in NAMES]
                assert sum(one.numerator for one in parts) == numerator
                assert sum(one.denominator for one in parts) == denominator
            (one,) = reader.figure(name, by=[], minimum=0).rows
            assert found.whole[name].value == one["value"]
    assert found.rows["甲省"]["in_county_rate"] == found.whole["in_county_rate"]  # all live there
    client = Client()
    client.force_login(account("national_officer", OrgUnit.objects.get(kind="nation").name))
    answer = client.get("/api/v1/discharge-sums").json()["items"]
    assert {(one["sender"], one["indicator"]): (one["numerator"], one["denominator"]) for one in answer}[
        None, "cmi"
    ] == (found.whole["cmi"].numerator, found.whole["cmi"].denominator)
    page = client.get(ADDRESS).content.decode()
    assert f"{found.whole['in_county_rate'].numerator:,} / " in page
    book = client.get(f"{ADDRESS}?export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).worksheets[0]
    assert sheet.max_row == 1 + 3 * len(found.whole) - 2  # nobody lives in the second province
    assert queries.board(nation) == found  # read back


@pytest.mark.usefixtures("whole")
def test_a_period_is_exported_with_an_event_and_nothing_of_a_person(
    province: Any, nation: Any, tmp_path: Path
) -> None:
    months = sorted({month for _hospital, month in storage.batches()})
    first, last = (f"{month // 100}-{month % 100:02d}" for month in (months[0], months[1]))
    path = tmp_path / "out.zip"
    actions.export_sums(actor=province, name="甲省", first=first, last=last, target=path)
    registered(nation)
    made = receive(nation, path.read_bytes())
    assert (made.first_month, made.last_month) == (months[0], months[1])
    with Reader() as reader:
        rows = reader.figure("cases", from_month=months[0], to_month=months[1]).rows
    assert made.stays == sum(row["numerator"] for row in rows)
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert set(manifest) == {"province", "version", "minimum", "first", "last", "form", "parts"}
    event = AuditEvent.objects.get(action="sums.export")
    assert event.after["sha256"] == files.digest(path)
    for wrong in (
        {"first": last, "last": first}, {"first": "2001-01", "last": "2001-02"}, {"name": " "},
        {"minimum": -1}, {"first": "x"},
    ):  # fmt: skip
        given = {"name": "甲省", "first": first, "last": last, "target": tmp_path / "no.zip", **wrong}
        with pytest.raises(Invalid):
            actions.export_sums(actor=province, **given)
    with pytest.raises(Denied):
        actions.export_sums(actor=nation, name="甲省", first=first, last=last, target=path)


def changed(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The file with one of its parts changed."""
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(memory, "w") as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return memory.getvalue()


@pytest.mark.usefixtures("whole")
def test_what_cannot_be_trusted_or_added_is_refused(
    nation: Any, province: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = storage.store()
    good = sent(store, tmp_path, "甲省")
    with pytest.raises(Invalid, match="公钥"):  # nobody has registered it
        receive(nation, good)
    registered(nation)
    for content in (
        b"",
        b"no zip",
        good[: len(good) // 2],
        changed(good, "groups.parquet", lambda part: part[:-9] + b"123456789"),  # another digest
        changed(good, "manifest.json", lambda part: part.replace(b'"minimum": 0', b'"minimum": 1')),
    ):
        with pytest.raises(Invalid):
            receive(nation, content)
    with monkeypatch.context() as patch:
        patch.setattr(federated, "form", lambda: "another")
        other = sent(store, tmp_path, "甲省")
    with pytest.raises(Invalid, match="口径"):
        receive(nation, other)
    assert not SumsFile.objects.exists()
    made = receive(nation, good)
    with pytest.raises(Conflict, match="无须再报"):
        receive(nation, good)
    registered(nation, "乙省")
    with pytest.raises(Conflict, match="重复上报"):  # the same hospitals and months under another name
        receive(nation, sent(store, tmp_path, "乙省"))
    part = {"first": made.first_month, "last": made.first_month}
    with pytest.raises(Conflict, match="期间重叠"):
        receive(nation, sent(store, tmp_path, "甲省", **part))
    with pytest.raises(Conflict, match="整个期间"):
        receive(nation, sent(store, tmp_path, "甲省", **part), replace=True)
    again = receive(nation, sent(store, tmp_path, "甲省", minimum=3), replace=True)
    made.refresh_from_db()
    assert (made.state, made.replaced_by, again.state) == ("replaced", again, "in_force")
    with pytest.raises(Denied):
        actions.retract_sums(actor=province, file=again, reason="x")
    actions.retract_sums(actor=nation, file=again, reason="口径有误")
    assert queries.board(nation).whole == {}
    with pytest.raises(Conflict):
        actions.retract_sums(actor=nation, file=again, reason="x")
    fourth = receive(nation, good)
    shutil.copy(files.sums_file(again.sha256), files.sums_file(fourth.sha256))
    with pytest.raises(Conflict, match="被改动"):
        queries.board(nation)


def test_who_sends_is_registered_with_a_key(nation: Any, liaison: Any) -> None:
    for wrong in ({"name": ""}, {"code": "33"}, {"public_key": "x"}):
        given = {"name": "甲省", "code": "330000", "public_key": "0" * 64, **wrong}
        with pytest.raises(Invalid):
            actions.register_sender(actor=nation, **given)
    with pytest.raises(Denied):
        actions.register_sender(actor=liaison, name="甲省", code="330000", public_key="0" * 64)
    registered(nation)
    actions.register_sender(actor=nation, name="甲省", code="330000", public_key="0" * 64)
    before = AuditEvent.objects.filter(action="sums.register").latest("number").before
    assert before == {"public_key": actions.public_key()}


@pytest.mark.usefixtures("whole")
def test_pages_and_interface_send_and_receive(account: Callable[..., Any], nation: Any) -> None:
    sender, receiver = Client(), Client()
    sender.force_login(account("provincial_officer", "浙江省"))
    receiver.force_login(account("national_officer", OrgUnit.objects.get(kind="nation").name))
    months = sorted({month for _hospital, month in storage.batches()})
    first = f"{months[0] // 100}-{months[0] % 100:02d}"
    assert actions.public_key() in sender.get(ADDRESS).content.decode()
    key = {"name": "甲省", "code": "330000", "public_key": actions.public_key()}
    assert receiver.post(f"{ADDRESS}senders/", key).status_code == 302
    given = {"name": "甲省", "first": first, "last": first, "minimum": "0"}
    file = b"".join(sender.post(f"{ADDRESS}export/", given).streaming_content)
    assert sender.post(f"{ADDRESS}export/", {**given, "minimum": "x"}).status_code == 422
    assert receiver.post(f"{ADDRESS}export/", given).status_code == 403
    assert receiver.post(ADDRESS, {"file": SimpleUploadedFile("s.zip", b"x")}).status_code == 422
    assert receiver.post(ADDRESS, {"file": SimpleUploadedFile("s.zip", file)}).status_code == 302
    found = SumsFile.objects.get()
    assert receiver.post(f"{ADDRESS}{found.pk}/retract/", {"reason": "试"}).status_code == 302

    api = "/api/v1/discharge-sums"
    wanted = {**given, "minimum": 0}
    exported = sender.post(f"{api}/export", json.dumps(wanted), content_type="application/json")
    assert exported.status_code == 200
    content = b"".join(exported.streaming_content)
    made = receiver.post(f"{api}/files", {"file": SimpleUploadedFile("s.zip", content)})
    assert (made.status_code, made.json()["first_month"]) == (201, first)
    assert receiver.post(f"{api}/files", {"file": SimpleUploadedFile("s.zip", content)}).status_code == 409
    one = f"{api}/files/{made.json()['id']}/retract"
    assert receiver.post(one, '{"reason": "x"}', content_type="application/json").status_code == 200
    listed = receiver.get(f"{api}/files").json()["items"]
    assert [one["state"] for one in listed] == ["retracted", "retracted"]
    assert receiver.get(f"{api}/senders").json()["items"][0]["name"] == "甲省"
