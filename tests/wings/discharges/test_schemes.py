"""Schemes come in from workbooks, begin on a day, and are compared over a year."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.jobs.worker import run_worker
from duikou.core.models import OrgUnit
from duikou.engines.casemix import scheme_book
from duikou.engines.casemix.data import STARTER
from duikou.wings.discharges import files, reference
from duikou.wings.discharges.actions import schemes as actions
from duikou.wings.discharges.models import Regrouping, Scheme
from duikou.wings.discharges.regrouping import compared
from duikou.wings.hospitals.models import Hospital
from tests.wings.discharges.files import csv, stays
from tests.wings.discharges.test_submissions import in_force, submit


@cache
def workbook(version: str, broken: bool = False) -> bytes:
    """Our own scheme under another version; `broken`: a group whose category is not there."""
    book = openpyxl.load_workbook(io.BytesIO(scheme_book.workbook(STARTER)))
    sheet = book["方案 scheme"]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == "version":
            row[1].value = version
    if broken:
        book["核心组 adrg"].append(["没有这一类", "ZZ9", "x", "x"])
    memory = io.BytesIO()
    book.save(memory)
    return memory.getvalue()


def test_a_workbook_becomes_a_scheme_that_is_not_in_force_yet(province: Any) -> None:
    scheme, _doubts = actions.import_scheme(actor=province, content=workbook("2"), filename="x.xlsx")
    assert (scheme.key, scheme.edition, scheme.active_from) == ("starter-2", "2", None)
    assert not scheme.official
    assert scheme.counts["drg"] > 300
    assert reference.loaded(scheme).version == "2"
    assert files.scheme_folder("starter-2").is_dir()
    with pytest.raises(Conflict, match="已有名称和版本相同"):
        actions.import_scheme(actor=province, content=workbook("2"), filename="x.xlsx")


def test_what_is_no_scheme_is_refused_with_every_reason(
    province: Any, actor: Callable[..., Any], account: Callable[..., Any]
) -> None:
    for content in (b"", b"no workbook", workbook("3", broken=True)):
        with pytest.raises(Invalid) as refused:
            actions.import_scheme(actor=province, content=content, filename="x.xlsx")
        assert refused.value.fields["file"]
    assert not Scheme.objects.exists()
    assert not list(files.root().glob("schemes/*"))
    with pytest.raises(Denied):
        actions.import_scheme(actor=actor("city_officer", "杭州市"), content=workbook("2"), filename="x")
    client = Client()
    client.force_login(account("provincial_officer", "浙江省"))
    answer = client.post("/app/discharges/schemes/", {"file": SimpleUploadedFile("x.xlsx", b"no workbook")})
    assert answer.status_code == 422
    assert "data-error-summary" in answer.content.decode()


def test_a_scheme_is_in_force_from_its_day_on(province: Any) -> None:
    starter = actions.register_starter()
    assert actions.register_starter().pk == starter.pk
    scheme, _doubts = actions.import_scheme(actor=province, content=workbook("2"), filename="x.xlsx")
    today = timezone.localdate()
    tomorrow = today + dt.timedelta(days=1)
    actions.activate(actor=province, scheme=scheme, day=tomorrow)
    assert reference.scheme_in_force() == starter
    assert reference.scheme_in_force(tomorrow) == scheme
    with pytest.raises(Conflict, match="另选一天"):
        actions.activate(actor=province, scheme=starter, day=tomorrow)


def test_a_year_by_two_schemes_side_by_side(
    liaison: Any, hospital: Hospital, province: Any, account: Callable[..., Any]
) -> None:
    in_force(liaison, submit(liaison, hospital, csv(stays(60))))
    scheme, _doubts = actions.import_scheme(actor=province, content=workbook("2"), filename="x.xlsx")
    org = OrgUnit.objects.get(kind="province", name="浙江省")
    with pytest.raises(Invalid, match="1999"):
        actions.ask_for_regrouping(actor=province, scheme=scheme, year=1999, org=org)
    with pytest.raises(Denied):
        actions.ask_for_regrouping(actor=liaison, scheme=scheme, year=2025, org=org)
    client = Client()
    client.force_login(account("provincial_officer", "浙江省"))
    asked = client.post(f"/app/discharges/schemes/{scheme.pk}/regroup/", {"year": "2025"})
    assert asked.status_code == 302
    assert "正在处理" in client.get(asked["Location"]).content.decode()
    run_worker(burst=True, heartbeat=False, signals=False)
    found = Regrouping.objects.get()
    assert found.result["stays"] == 60
    assert found.result["moved"] == 0  # the same tables under another version
    assert found.result["sides"]["now"] == found.result["sides"]["then"]
    page = client.get(asked["Location"]).content.decode()
    assert hospital.name in page
    assert "费用变异解释度" in page


def test_the_comparison_counts_moves_and_weighs_hospitals() -> None:
    both = pl.DataFrame(
        {
            "hospital": ["a", "a", "b", "b"],
            "total": [100, 300, 100, 500],
            "now": ["X1", "Y1", "X1", None],
            "then": ["X1", "X1", "X1", "Z1"],
            "adrg_now": ["X", "Y", "X", None],
            "adrg_then": ["X", "X", "X", "Z"],
        }
    )
    found = compared(both)
    assert found["sides"]["now"] == {"grouped": 3, "groups": 2, "explained": 1.0}
    assert found["sides"]["then"]["grouped"] == 4
    assert (found["stays"], found["moved"]) == (4, 2)
    assert {(row["adrg_now"], row["adrg_then"]): row["stays"] for row in found["moves"]} == {
        ("Y", "X"): 1,
        (None, "Z"): 1,
    }
    weights = {row["hospital"]: row["cmi_now"] for row in found["hospitals"]}
    assert weights == {"a": 12_000, "b": 6_000}  # means: X1 100, Y1 300, all 500/3
