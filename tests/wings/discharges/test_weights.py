"""Weights of a scheme's groups come in whole, hold for a province, and are printed with what they weigh."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent, OrgUnit
from duikou.core.scope import actor_for
from duikou.engines.casemix.data import STARTER
from duikou.engines.casemix.scheme import load
from duikou.wings.discharges import files
from duikou.wings.discharges.actions import weights as actions
from duikou.wings.discharges.actions.schemes import register_starter
from duikou.wings.discharges.models import Scheme, WeightTable
from duikou.wings.discharges.queries import weights as queries
from duikou.wings.hospitals.models import Hospital
from tests.wings.discharges.files import csv, stays
from tests.wings.discharges.test_submissions import in_force, submit

GROUPS = load(STARTER).drgs()


def table(skip: int = 0, weight: str = "1.5", *more: str) -> bytes:
    """The same weight for each group of our own scheme."""
    rows = [f"{drg},{weight}" for drg in GROUPS[skip:]]
    return "\n".join(["drg,weight", *rows, *more]).encode()


@pytest.fixture
def scheme(db: None) -> Scheme:
    """Our own scheme, registered."""
    return register_starter()


def zhejiang() -> OrgUnit:
    return OrgUnit.objects.get(kind="province", name="浙江省")


def take(actor: Any, scheme: Scheme, edition: str = "2025", **more: Any) -> WeightTable:
    given = {"content": table(), "name": "浙江省", "filename": "w.csv", "org": zhejiang(), **more}
    return actions.import_weights(actor=actor, scheme=scheme, edition=edition, **given)


def test_a_table_comes_in_whole_and_is_not_in_use_yet(province: Any, scheme: Scheme) -> None:
    found = take(province, scheme)
    assert (len(found.weights), found.missing, found.in_use) == (len(GROUPS), [], False)
    assert found.weights[GROUPS[0]] == 15_000
    assert queries.in_use(province) is None
    with pytest.raises(Conflict, match="新的版本号"):
        take(province, scheme)
    event = AuditEvent.objects.get(action="weights.import")
    assert event.after == {"groups": len(GROUPS), "missing": 0, "scheme": "starter"}


def test_what_does_not_fit_the_scheme_is_refused_with_every_reason(
    province: Any, scheme: Scheme, actor: Callable[..., Any]
) -> None:
    for content, said in (
        (b"", "字节"),
        (b"a,b\n1,2", "缺列"),
        (table(0, "1", "ZZ99,1"), "ZZ99"),
        (table(0, "1", f"{GROUPS[0]},1"), "已在第 2 行"),
        (table(0, "-1"), "实际为 -1"),
        (table(0, "x"), "实际为 x"),
        (table(3), "3 个病组没有权重"),
    ):
        with pytest.raises(Invalid) as refused:
            take(province, scheme, content=content)
        assert said in "".join(map(str, refused.value.fields["file"]))
    for wrong in ({"name": " "}, {"edition": ""}, {"name": "x" * 81}):
        with pytest.raises(Invalid):
            take(province, scheme, **wrong)
    with pytest.raises(Denied):
        take(actor("city_officer", "杭州市"), scheme)
    assert not WeightTable.objects.exists()
    found = take(province, scheme, content=table(3), allow_missing=True)
    assert found.missing == list(GROUPS[:3])


def test_one_table_of_a_province_is_in_use(province: Any, scheme: Scheme, actor: Callable[..., Any]) -> None:
    first, second = take(province, scheme), take(province, scheme, "2026")
    county, nation = (
        actor("county_officer", "安吉县"),
        actor("national_officer", OrgUnit.objects.get(kind="nation").name),
    )
    for chosen in (first, second):
        actions.use(actor=province, table=chosen)
        assert queries.in_use(province) == queries.in_use(county) == chosen
        assert queries.in_use(nation) is None  # its area is more than the province
    assert list(WeightTable.objects.filter(in_use=True)) == [second]
    with pytest.raises(Denied):
        actions.use(actor=county, table=first)
    with pytest.raises(Denied):
        actions.stop_using(actor=county, table=second)
    actions.stop_using(actor=province, table=second)
    assert queries.in_use(county) is None
    with pytest.raises(Conflict):
        actions.stop_using(actor=province, table=second)
    assert AuditEvent.objects.filter(action__in=("weights.use", "weights.stop")).count() == 3


def test_figures_are_weighed_by_the_table_and_say_so(
    province: Any, liaison: Any, hospital: Hospital, scheme: Scheme, account: Callable[..., Any]
) -> None:
    done = in_force(liaison, submit(liaison, hospital, csv(stays(60))))
    facts = pl.read_parquet(files.facts(done)).filter("grouped")
    present = sorted(facts["drg"].unique())
    heavy, bare = present[0], present[1]
    rows = [f"{drg},{'3' if drg == heavy else '1.5'}" for drg in GROUPS if drg != bare]
    found = take(province, scheme, content="\n".join(["drg,weight", *rows]).encode(), allow_missing=True)
    weighed = facts.filter(pl.col("drg") != bare)
    expected = sum(30_000 if drg == heavy else 15_000 for drg in weighed["drg"])  # the plain sum
    user = account("provincial_officer", "浙江省")
    client = Client()
    client.force_login(user)
    address = "/api/v1/discharge-figures/cmi"
    before = client.get(address).json()
    assert before["weight_table"] is None
    tried = client.get(f"{address}?weight_table={found.pk}").json()
    assert tried["weight_table"]["sha256"] == found.sha256
    (row,) = tried["items"]
    assert (row["numerator"], row["denominator"]) == (expected, len(weighed))
    assert client.get(address).json()["items"] == before["items"]  # only tried
    actions.use(actor=actor_for(user), table=found)
    assert client.get(address).json()["items"] == tried["items"]
    assert client.get(f"{address}?weight_table=999999").status_code == 404

    page = client.get("/app/discharges/figures/cmi/").content.decode()
    assert "权重：浙江省 2025" in page
    assert found.sha256[:12] in page
    assert "权重由病例数据计算" in client.get("/app/discharges/figures/cmi/?weights=data").content.decode()
    assert client.get("/app/discharges/figures/cmi/?weight_table=x").status_code == 404
    assert "权重：浙江省 2025" in client.get(f"/app/discharges/hospitals/{hospital.pk}/").content.decode()
    (county,) = client.get("/api/v1/discharge-counties").json()["items"]
    assert county["weight_table"] == found.pk
    book = client.get("/app/discharges/province/?export=xlsx")
    terms = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).worksheets[-1]
    assert any("浙江省 2025" in str(cell.value) for line in terms.iter_rows() for cell in line)


def test_pages_take_and_refuse(scheme: Scheme, account: Callable[..., Any]) -> None:
    client = Client()
    client.force_login(account("provincial_officer", "浙江省"))
    address = f"/app/discharges/schemes/{scheme.pk}/weights/"
    given = {"name": "浙江省", "edition": "1", "province": str(zhejiang().pk)}
    sent = client.post(address, {**given, "file": SimpleUploadedFile("w.csv", table(1))})
    assert sent.status_code == 422
    assert "data-error-summary" in sent.content.decode()
    sent = client.post(address, {**given, "file": SimpleUploadedFile("w.csv", table())})
    assert sent.status_code == 302
    found = WeightTable.objects.get()
    assert GROUPS[0] in client.get(sent["Location"]).content.decode()
    assert client.get(f"{sent['Location']}?export=xlsx").status_code == 200
    choose = f"{sent['Location']}choose/"
    for step, used in (("use", True), ("stop", False)):
        assert client.post(choose, {"step": step}).status_code == 302
        found.refresh_from_db()
        assert found.in_use is used
    assert client.post(choose, {"step": "?"}).status_code == 422
    template = client.get(f"/app/discharges/schemes/{scheme.pk}/weights.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(template.streaming_content))).worksheets[0]
    assert sheet.max_row == len(GROUPS) + 1
    client.force_login(account("county_officer", "安吉县"))
    assert "浙江省 1" in client.get(address).content.decode()
    assert client.post(address, given).status_code == 403
    assert client.get(template.request["PATH_INFO"]).status_code == 403
