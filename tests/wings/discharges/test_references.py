"""What people decide once holds for every file to come: codes of hospitals, residences, mappings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.wings.discharges import reference
from duikou.wings.discharges.actions import references as actions
from duikou.wings.discharges.models import CodeMapping, ResidenceAlias, ResidenceReview
from duikou.wings.discharges.models.reference import OUTSIDE
from duikou.wings.hospitals.models import Hospital
from tests.wings.discharges.files import csv, stays
from tests.wings.discharges.test_submissions import submit


def test_a_recorded_code_lets_a_file_in(liaison: Any, hospital: Hospital, province: Any) -> None:
    content = csv(stays(5, hospital="470001234"))
    assert submit(liaison, hospital, content).state == "refused"
    actions.record_code(actor=province, hospital_id=hospital.pk, code=" 470001234 ")
    assert submit(liaison, hospital, content).state == "checked"
    with pytest.raises(Conflict, match=hospital.name):
        actions.record_code(actor=province, hospital_id=hospital.pk, code="470001234")
    for code in ("", "x" * 61, "a\x00b"):
        with pytest.raises(Invalid):
            actions.record_code(actor=province, hospital_id=hospital.pk, code=code)
    with pytest.raises(Denied):
        actions.record_code(actor=liaison, hospital_id=hospital.pk, code="1")


def test_a_residence_is_decided_once_for_everybody(liaison: Any, hospital: Hospital, province: Any) -> None:
    for path in (hospital.scope_path, hospital.scope_path[:-7]):
        ResidenceReview.objects.create(text="某某县", scope_path=path, count=3)
    review = ResidenceReview.objects.first()
    assert review is not None
    with pytest.raises(Invalid):
        actions.decide_residence(actor=province, review=review, division_code="999999")
    with pytest.raises(Denied):
        actions.decide_residence(actor=liaison, review=review, division_code=OUTSIDE)
    assert actions.decide_residence(actor=province, review=review, division_code=OUTSIDE) == 2
    assert ResidenceAlias.objects.get().division_code == OUTSIDE
    frame = stays(6).drop("residence")
    frame = frame.with_columns(address=pl.lit("某某县幸福路1号"))
    submission = submit(liaison, hospital, csv(frame))
    assert (submission.state, submission.residence_unknown) == ("checked", 0), submission.refusal


def test_a_mapping_turns_codes_of_files_to_come(liaison: Any, hospital: Hospital, province: Any) -> None:
    table = b"from_code,to_code\nI63.900,I63.901\n"
    first = actions.import_mapping(actor=province, kind="dx", content=table, filename="a.csv")
    second = actions.import_mapping(actor=province, kind="dx", content=table, filename="b.csv")
    first.refresh_from_db()
    assert (first.active, second.active, second.pairs) == (False, True, 1)
    pages = pl.DataFrame({"pdx": ["I63.900", "J18.900"]})
    mapped, unmapped = reference.mapped(pages)
    assert mapped["pdx"].to_list() == ["I63.901", "J18.900"]
    assert unmapped == 1
    assert submit(liaison, hospital, csv(stays(5))).unmapped > 0
    for kind, content in (("dx", b""), ("dx", b"nothing"), ("px", table), ("zz", table)):
        with pytest.raises(Invalid):
            actions.import_mapping(actor=province, kind=kind, content=content, filename="x")
    with pytest.raises(Denied):
        actions.import_mapping(actor=liaison, kind="dx", content=table, filename="x")
    assert CodeMapping.objects.count() == 2


def test_the_page_takes_all_three(account: Callable[..., Any], hospital: Hospital) -> None:
    client = Client()
    client.force_login(account("provincial_officer", "浙江省"))
    review = ResidenceReview.objects.create(text="某某县", scope_path=hospital.scope_path, count=3)
    base = "/app/discharges/"
    assert client.post(f"{base}references/codes/", {"hospital": hospital.pk, "code": "47"}).status_code == 302
    assert client.post(f"{base}references/codes/", {"hospital": "x"}).status_code == 422
    assert client.post(f"{base}residences/{review.pk}/", {"division": "330523"}).status_code == 302
    file = SimpleUploadedFile("m.csv", b"from_code,to_code\nI63.900,I63.901\n")
    assert client.post(f"{base}references/mappings/", {"kind": "dx", "file": file}).status_code == 302
    page = client.get(f"{base}references/").content.decode()
    assert hospital.name in page
    assert "m.csv" in page
    assert "没有待裁定的现住址" in page
