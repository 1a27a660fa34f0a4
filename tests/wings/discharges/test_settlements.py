"""The insurer's settlements come in whole or not at all, and stand beside the front pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import ibis
import openpyxl
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.exports import Sheet, write_xlsx
from duikou.core.models import AuditEvent
from duikou.core.scope import actor_for
from duikou.engines.casemix.columns import FACTS
from duikou.engines.casemix.indicators.compute import result
from duikou.engines.casemix.indicators.embedded import open_engine, table_of
from duikou.engines.casemix.indicators.tables import Tables
from duikou.engines.casemix.settlements import HEADINGS
from duikou.wings.discharges import storage
from duikou.wings.discharges.actions import settlements as actions
from duikou.wings.discharges.figures import Reader, current
from duikou.wings.discharges.models import SettlementLine, SettlementTable
from duikou.wings.discharges.queries import settlements as queries
from duikou.wings.discharges.queries.scope import Area
from duikou.wings.hospitals.models import Hospital
from tests.wings.discharges.files import csv, stays
from tests.wings.discharges.test_submissions import in_force, submit

ANJI, CHANGXING = "330523", "330522"
NEIGHBOUR = "淳安县第一人民医院"
ADDRESS = "/app/discharges/settlements/"
GOOD = (ANJI, "安吉县", "2025-03", 700, 100, 100, 100, 1000)


def table(*rows: tuple[object, ...]) -> bytes:
    """A table of the insurer as text."""
    lines = [",".join(HEADINGS.values()), *(",".join(map(str, row)) for row in rows)]
    return "\n".join(lines).encode()


def workbook(*rows: tuple[object, ...]) -> bytes:
    """The same as a workbook."""
    memory = io.BytesIO()
    write_xlsx(memory, [Sheet("x", list(HEADINGS.values()), rows)])
    return memory.getvalue()


def take(actor: Any, *rows: tuple[object, ...], **more: Any) -> SettlementTable:
    return actions.import_settlements(actor=actor, content=table(*rows), filename="t.csv", **more)


@pytest.mark.parametrize("made", [table, workbook])
def test_a_table_comes_in_whole(province: Any, made: Callable[..., bytes]) -> None:
    found = actions.import_settlements(
        actor=province, content=made(GOOD, (CHANGXING, "", "2025-03", 1, 2, 3, 4, "")), filename="医保.x"
    )
    assert (found.state, found.rows, found.stays, found.first_month) == ("in_force", 2, 1010, 202503)
    lines = SettlementLine.objects.order_by("division__code")
    assert [(line.division.code, line.whole, line.in_force) for line in lines] == [
        (CHANGXING, 10, True),
        (ANJI, 1000, True),
    ]
    event = AuditEvent.objects.get(action="settlements.import")
    assert event.after == {"state": "in_force", "rows": 2, "stays": 1010}


def test_a_table_with_a_fault_brings_nothing_in_and_says_where(
    province: Any, account: Callable[..., Any]
) -> None:
    found = take(province, GOOD, (ANJI, "", "2025-04", "x", 1, 1, 1, ""))
    assert (found.state, found.rows, found.first_month) == ("refused", 1, None)
    assert not SettlementLine.objects.exists()
    (fault,) = found.faults
    assert (fault["row"], fault["column"], fault["found"]) == (3, HEADINGS["in_county"], "x")
    client = Client()
    client.force_login(account("provincial_officer", "浙江省"))
    assert "整表退回" in client.get(f"{ADDRESS}{found.pk}/").content.decode()
    book = client.get(f"{ADDRESS}{found.pk}/faults.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).worksheets[0]
    assert [cell.value for cell in sheet[2]][:3] == [3, HEADINGS["in_county"], "x"]
    standing = take(province, GOOD)
    assert client.get(f"{ADDRESS}{standing.pk}/faults.xlsx").status_code == 404


def test_what_is_no_table_is_refused(province: Any, actor: Callable[..., Any]) -> None:
    for content in (b"", b"a,b\n1,2", b"PK\x03\x04x", table(), b"x" * (actions.MAX_BYTES + 1)):
        with pytest.raises(Invalid) as refused:
            actions.import_settlements(actor=province, content=content, filename="x")
        assert refused.value.fields["file"]
    with pytest.raises(Denied):
        take(actor("city_officer", "杭州市"), GOOD)
    assert not SettlementTable.objects.exists()


def test_what_stands_is_replaced_only_on_purpose_and_kept(province: Any) -> None:
    first = take(province, GOOD, (ANJI, "", "2025-04", 1, 1, 1, 1, ""))
    with pytest.raises(Conflict, match="已有 1 个县月"):
        take(province, GOOD)
    second = take(province, (ANJI, "", "2025-03", 5, 5, 5, 5, 20), replace=True)
    old = first.lines.get(month=202503)
    assert (old.in_force, old.replaced_by, old.in_county) == (False, second, 700)
    assert set(SettlementLine.objects.filter(in_force=True).values_list("table", "month")) == {
        (first.pk, 202504),
        (second.pk, 202503),
    }
    event = AuditEvent.objects.filter(action="settlements.import").latest("number")
    assert event.before == {"replaced": 1}


def test_taking_back_needs_a_reason_and_happens_once(province: Any, liaison: Any) -> None:
    found = take(province, GOOD)
    with pytest.raises(Invalid):
        actions.retract(actor=province, table=found, reason=" ")
    with pytest.raises(Denied):
        actions.retract(actor=liaison, table=found, reason="x")
    actions.retract(actor=province, table=found, reason="口径不符")
    assert found.state == "retracted"
    assert not SettlementLine.objects.filter(in_force=True).exists()
    with pytest.raises(Conflict):
        actions.retract(actor=province, table=found, reason="x")
    assert AuditEvent.objects.get(action="settlements.retract").reason == "口径不符"
    take(province, GOOD)  # its place is free again


# ---------------------------------------------------------------- both sources


def test_both_rates_stand_beside_each_other_and_equal_the_engine(
    province: Any, liaison: Any, hospital: Hospital, actor: Callable[..., Any], account: Callable[..., Any]
) -> None:
    home = pl.lit(ANJI).alias("residence")
    in_force(liaison, submit(liaison, hospital, csv(stays(60).with_columns(home))))
    other = Hospital.objects.get(name=NEIGHBOUR)
    theirs = actor("hospital_liaison", NEIGHBOUR)
    in_force(theirs, submit(theirs, other, csv(stays(20, hospital=NEIGHBOUR, seed=8).with_columns(home))))
    take(province, GOOD, (ANJI, "", "2025-04", 9, 9, 9, 9, ""))  # no front pages of April: not compared
    user = account("provincial_officer", "浙江省")
    with Reader() as reader:
        (one,) = queries.compared(reader, Area(actor_for(user)), 202504).lines
        rate = reader.figure("in_county_rate", from_month=202405, to_month=202504)
    own = next(row for row in rate.rows if row["residence"] == ANJI)
    assert one.months == (202503,)
    assert (one.pages.inside, one.pages.whole) == (own["numerator"], own["denominator"])
    assert one.pages.value == own["value"]
    assert one.pages.whole > 0
    assert (one.insurer.value, one.outside) == (700_000, 100)
    assert one.difference == (700_000 - own["value"]) / 10_000
    assert one.joined.value == _engine_with_settlements(100)

    client = Client()
    client.force_login(user)
    address = "?until=2025-04"
    page = client.get(f"{ADDRESS}{address}").content.decode()
    assert "省外住院不在本省病案首页中" in page
    assert f"{one.pages.percent:.1f}%" in page
    assert "70.0%" in page
    assert f"{one.difference:+.1f}" in page
    assert "70.0%" in client.get(f"/app/discharges/counties/{ANJI}/{address}").content.decode()
    (answer,) = client.get(f"/api/v1/discharge-sources{address}").json()["items"]
    assert answer["front_pages"]["in_county_rate"] == one.pages.percent
    assert answer["settlements"]["out_of_county_rate"] == pytest.approx(30)
    assert answer["joined"]["stays"] == one.pages.whole + 100
    assert answer["difference"] == one.difference
    book = client.get(f"{ADDRESS}{address}&export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).worksheets[0]
    assert [cell.value for cell in sheet[2]][4] == pytest.approx(one.pages.percent)
    assert sheet.max_row == 2


def _engine_with_settlements(outside: int) -> int:
    """The joined rate as the engine gives it when the settled stays outside are rows beside the facts."""
    facts = storage.store().facts(ibis.duckdb.connect(), current().version).to_polars()
    stay = facts.filter(pl.col("residence") == ANJI).head(1)
    elsewhere = pl.concat([stay] * outside).with_columns(
        hospital=pl.lit("省外"), hospital_county=pl.lit("310101"), city=pl.lit("310100")
    )
    connection = open_engine()
    tables = Tables.of_facts(
        table_of(connection, "facts", facts.cast(pl.Schema(FACTS))),
        settlements=table_of(connection, "elsewhere", elsewhere),
    )
    rows = result(connection, "in_county_rate", tables, {}).rows
    return int(rows.filter(pl.col("residence") == ANJI)["value"][0])


def test_a_county_sees_its_own_comparison_alone(province: Any, account: Callable[..., Any]) -> None:
    take(province, GOOD, (CHANGXING, "", "2025-03", 1, 2, 3, 4, ""))
    client = Client()
    client.force_login(account("county_officer", "安吉县"))
    answer = client.get("/api/v1/discharge-sources?until=2025-04").json()
    assert [one["code"] for one in answer["items"]] == [ANJI]
    assert client.get("/api/v1/discharge-settlements").json()["items"] == []  # of several counties
    assert answer["items"][0]["front_pages"] == {
        "in_county_rate": None,
        "out_of_county_rate": None,
        "reason": None,
        "stays_in_county": 0,
        "stays": 0,
    }


def test_pages_and_interface_take_and_refuse_alike(
    province: Any, account: Callable[..., Any], hospital: Hospital
) -> None:
    client = Client()
    client.force_login(account("provincial_officer", "浙江省"))
    sent = client.post(ADDRESS, {"file": SimpleUploadedFile("x.csv", b"nothing")})
    assert sent.status_code == 422
    assert "data-error-summary" in sent.content.decode()
    sent = client.post(ADDRESS, {"file": SimpleUploadedFile("x.csv", table(GOOD))})
    assert sent.status_code == 302
    sent = client.post(ADDRESS, {"file": SimpleUploadedFile("x.csv", table(GOOD))})
    assert sent.status_code == 422
    assert "替换已有的县月" in sent.content.decode()
    template = client.get(f"{ADDRESS}template.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(template.streaming_content))).worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(HEADINGS.values())

    api = "/api/v1/discharge-settlements"
    assert client.post(api, {"file": SimpleUploadedFile("x.csv", table(GOOD))}).status_code == 409
    made = client.post(api, {"file": SimpleUploadedFile("x.csv", table(GOOD)), "replace": "true"})
    assert (made.status_code, made.json()["state"]) == (201, "in_force")
    one = f"{api}/{made.json()['id']}"
    taken = client.post(f"{one}/retract", {"reason": "试用"}, content_type="application/json")
    assert taken.json()["state"] == "retracted"
    assert [line["in_force"] for line in client.get(one).json()["lines"]] == [False]
    refused = client.post(api, {"file": SimpleUploadedFile("x.csv", table((*GOOD[:3], "?", 1, 1, 1, "")))})
    assert refused.json()["state"] == "refused"
    assert refused.json()["faults"][0]["row"] == 2

    client.force_login(account("hospital_liaison", hospital.name))
    assert client.post(ADDRESS, {"file": SimpleUploadedFile("x.csv", table(GOOD))}).status_code == 403
    assert client.get(one).status_code == 404
