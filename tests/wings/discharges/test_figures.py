"""Figures out of the demonstration province: screen, interface and workbook say what the oracle says."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import ibis
import openpyxl
import pytest
from django.test import Client
from pytest_django import Settings

from duikou.core.models import AuditEvent
from duikou.core.scope import actor_for
from duikou.engines.casemix.indicators.reference import Given, reference
from duikou.engines.casemix.store import aggregates, table
from duikou.wings.discharges import demands, demo, files, months, storage, wording
from duikou.wings.discharges.actions import signing
from duikou.wings.discharges.figures import Reader, basis, current
from duikou.wings.discharges.figures.basis import crosswalk
from duikou.wings.discharges.models import SettlementLine, SettlementTable, Submission
from duikou.wings.discharges.queries import boards
from duikou.wings.discharges.queries.scope import Area
from duikou.wings.discharges.queries.told import told, without_hospital
from duikou.wings.hospitals.models import Hospital
from duikou.wings.places.bridge import Extent, Piece
from duikou.wings.places.models import Division
from tests.wings.discharges.files import csv, stays
from tests.wings.discharges.test_submissions import in_force, submit

RECORDS = 6000


@pytest.fixture
def one_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """Invent one year instead of three: the same code with a third of the work."""
    monkeypatch.setattr(demo, "YEARS", 1)


@pytest.fixture
def province_of_stays(db: None, one_year: None) -> dict[str, int]:
    """The register's own hospitals with invented stays."""
    return demo.load(records=RECORDS)


def everything() -> Given:
    """All stays in the store as plain rows, with what the figures are computed with."""
    now = current()
    connection = ibis.duckdb.connect()
    facts = storage.store().facts(connection, now.version).to_pyarrow().to_pylist()
    county = Hospital.objects.filter(tier="county").values_list("key", flat=True)
    return Given(
        facts,
        crosswalk=[dataclasses.asdict(span) for span in crosswalk(now.day)],
        county_hospitals=frozenset(county),
    )


def signed_in(account: Callable[..., Any], role: str, org: str) -> tuple[Client, Any]:
    user = account(role, org)
    client = Client()
    client.force_login(user)
    return client, actor_for(user)


@pytest.mark.usefixtures("province_of_stays")
def test_screen_interface_and_workbook_equal_the_oracle(account: Callable[..., Any]) -> None:
    client, actor = signed_in(account, "provincial_officer", "浙江省")
    with Reader() as reader:
        board = boards.province_board(reader, Area(actor))
    given = everything()
    truth = {
        figure.id: reference(figure.id, given, figure.definition.settings(dict(figure.settings)))
        for figure in (board.rate, board.cmi, board.needs)
    }
    rates = {row["residence"]: row for row in truth["in_county_rate"]}
    bare = without_hospital()
    assert bare & rates.keys()  # the register knows counties without a hospital
    weights = {row["hospital_county"]: row for row in truth["cmi"]}
    needs = {
        code: [
            row["disease"]
            for row in sorted(truth["out_referral_list"], key=lambda r: r["rank"])
            if row["residence"] == code
        ]
        for code in rates
    }
    assert len(board.lines) > 80
    shown = client.get("/app/discharges/province/").content.decode()
    answered = client.get("/api/v1/discharge-counties?limit=200").json()["items"]
    book = client.get("/app/discharges/province/?export=xlsx")
    sheets = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content)))
    counties = {row[0]: row for row in sheets.worksheets[0].iter_rows(min_row=2, values_only=True)}
    listed = list(sheets.worksheets[1].iter_rows(min_row=2, values_only=True))
    for one, answer in zip(board.lines, answered, strict=True):
        code = one.county.code
        rate, cmi = rates.get(code), weights.get(code)
        assert answer["code"] == code
        for value, column, definition, row in (
            (answer["in_county_rate"], 3, board.rate.definition, rate),
            (answer["cmi"], 6, board.cmi.definition, cmi),
        ):
            expected = wording.number(definition, row["value"]) if row else None
            if column == 3 and code in bare and not rate["numerator"]:  # a reason, not 0
                assert (expected, answer["in_county_reason"], answer["goal_reached"]) == (
                    0,
                    "no_hospital",
                    None,
                )
                assert (value, counties[code][column]) == (None, "没有登记的医院")
                continue
            assert value == expected
            assert (counties[code][column] or None) == (expected or None)
            if expected is not None:
                assert wording.shown(definition, row["value"]) in shown  # type: ignore[index]
        diseases = needs.get(code, [])
        assert [need["disease"] for need in answer["needs"]] == diseases
        assert [row[3] for row in listed if row[0] == code] == diseases


@pytest.mark.usefixtures("province_of_stays")
def test_boards_show_only_what_one_may_see(account: Callable[..., Any], hospital: Hospital) -> None:
    own, other = hospital.division.code, "330212"
    client, actor = signed_in(account, "county_officer", "安吉县")
    assert set(Area(actor).counties) == {own}
    assert client.get(f"/app/discharges/counties/{own}/").status_code == 200
    assert client.get(f"/app/discharges/counties/{other}/").status_code == 404
    assert client.get("/app/discharges/").headers["Location"].endswith(f"/counties/{own}/")
    rows = client.get("/api/v1/discharge-figures/in_county_rate").json()
    assert {row["residence"] for row in rows["items"]} == {own}
    rows = client.get("/api/v1/discharge-figures/cmi?limit=200").json()
    inside = set(Hospital.objects.filter(division__code=own).values_list("key", flat=True))
    assert {row["hospital"] for row in rows["items"]} <= inside
    client, actor = signed_in(account, "hospital_liaison", hospital.name)
    assert list(Area(actor).hospitals) == [hospital.key]
    assert set(Area(actor).counties) == {own}  # what its county needs
    assert client.get("/app/discharges/").headers["Location"].endswith(f"/hospitals/{hospital.pk}/")
    elsewhere = Hospital.objects.exclude(pk=hospital.pk).filter(tier="provincial").first()
    assert elsewhere is not None
    assert client.get(f"/app/discharges/hospitals/{elsewhere.pk}/").status_code == 404
    page = client.get(f"/app/discharges/hospitals/{hospital.pk}/").content.decode()
    assert "同级医院" in page
    peer = Hospital.objects.filter(tier=hospital.tier).exclude(division=hospital.division).first()
    assert peer is not None
    assert peer.name not in page


@pytest.mark.usefixtures("province_of_stays")
def test_the_number_of_queries_does_not_grow(
    account: Callable[..., Any], hospital: Hospital, django_assert_max_num_queries: Any
) -> None:
    client, _actor = signed_in(account, "provincial_officer", "浙江省")
    for path in ("province/", "counties/330523/", f"hospitals/{hospital.pk}/", "figures/cmi/", "worklist/"):
        client.get(f"/app/discharges/{path}")
        with django_assert_max_num_queries(16):
            assert client.get(f"/app/discharges/{path}").status_code == 200


@pytest.mark.usefixtures("province_of_stays")
def test_a_figure_tells_how_it_came_about(account: Callable[..., Any], hospital: Hospital) -> None:
    client, _actor = signed_in(account, "provincial_officer", "浙江省")
    page = client.get(f"/app/discharges/figures/average_stay/?hospital={hospital.key}").content.decode()
    assert "Σ 住院天数 ÷ 出院人次" in page
    assert hospital.name in page
    own = Submission.objects.filter(hospital=hospital, state="committed").count()
    assert f'<span class="dk-stat-value">{own}<small>个</small></span>' in page
    assert client.get("/app/discharges/figures/no_such/").status_code == 404
    assert client.get("/app/discharges/figures/cmi/?by=nonsense").status_code == 400
    assert client.get("/app/discharges/figures/cmi/?from_month=2025-13").status_code == 400
    assert client.get("/app/discharges/figures/cmi/?sneaky=1").status_code == 400
    assert client.get("/app/discharges/province/?disease=Q99").status_code == 400
    assert client.get("/app/discharges/province/?county=110101").status_code == 400
    assert client.get("/api/v1/discharge-figures/no_such").status_code == 404
    assert client.get("/api/v1/discharge-figures/cmi?by=nonsense").status_code == 409
    book = client.get("/app/discharges/figures/average_stay/?export=xlsx")
    sheets = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content)))
    assert sheets.worksheets[0].max_row > 100


def test_a_commit_is_on_every_board_at_once(
    liaison: Any, hospital: Hospital, account: Callable[..., Any]
) -> None:
    client, _actor = signed_in(account, "hospital_liaison", hospital.name)
    address = f"/app/discharges/hospitals/{hospital.pk}/"
    assert "还没有入库的病案首页" in client.get(address).content.decode()
    in_force(liaison, submit(liaison, hospital, csv(stays(40))))
    with Reader() as reader:
        assert [row["value"] for row in reader.figure("cases").rows] == [40]
    done = in_force(liaison, submit(liaison, hospital, csv(stays(55, seed=8))))
    with Reader() as reader:
        assert [row["value"] for row in reader.figure("cases").rows] == [55]
    assert "55 例" in client.get(address).content.decode()
    signing.retract(actor=liaison, submission=done, reason="x")
    signing.commit(submission_id=done.pk)
    assert current().empty
    assert "还没有入库的病案首页" in client.get(address).content.decode()


def test_boards_read_the_sums_alone(
    liaison: Any, hospital: Hospital, account: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(liaison, submit(liaison, hospital, csv(stays(40))))

    def scanned(*_: object, **__: object) -> None:
        raise AssertionError("the stays were read")

    monkeypatch.setattr(table.Store, "facts", scanned)
    monkeypatch.setattr(aggregates, "frame", scanned)  # what sums would be made anew from
    in_force(liaison, submit(liaison, hospital, csv(stays(55, seed=8))))
    client, _actor = signed_in(account, "provincial_officer", "浙江省")
    for path in ("province/", f"counties/{hospital.division.code}/", f"hospitals/{hospital.pk}/"):
        page = client.get(f"/app/discharges/{path}")
        assert page.status_code == 200
    assert "55 例" in page.content.decode()


def test_an_earlier_state_is_still_told(liaison: Any, hospital: Hospital) -> None:
    in_force(liaison, submit(liaison, hospital, csv(stays(40))))
    before = current()
    in_force(liaison, submit(liaison, hospital, csv(stays(55, seed=8))))
    for state, count in ((before, 40), (current(), 55)):
        with Reader(state) as reader:
            assert [row["value"] for row in reader.figure("cases").rows] == [count]


def test_a_store_older_than_the_registry_is_told(
    liaison: Any, hospital: Hospital, account: Callable[..., Any]
) -> None:
    done = in_force(liaison, submit(liaison, hospital, csv(stays(20))))
    Submission.objects.filter(pk=done.pk).update(store_version=done.store_version + 7)
    client, _actor = signed_in(account, "hospital_liaison", hospital.name)
    page = client.get(f"/app/discharges/hospitals/{hospital.pk}/")
    assert page.status_code == 409
    assert f"病例库没有版本 {done.store_version + 7}" in page.content.decode()


def test_a_change_of_divisions_counts_from_its_month(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sums are of whole months: two meanings of a code in one month are not told apart."""
    code = hospital.division.code
    old = Division.objects.get(code=code, valid_to=None)
    other = Division.objects.filter(level="county", valid_to=None).exclude(code=code).first()
    assert other is not None
    Division.objects.filter(pk=old.pk).update(valid_to=dt.date(2025, 4, 9))
    kept = {"level": old.level, "name": old.name, "parent": old.parent, "org": old.org}
    new = Division.objects.create(code=code, valid_from=dt.date(2025, 4, 9), **kept)
    pieces = {old.pk: (Piece(other.pk, Extent.SAME),), new.pk: (Piece(new.pk, Extent.SAME),)}
    monkeypatch.setattr(basis, "bridges", lambda *_: pieces)
    spans = [span for span in crosswalk(dt.date(2026, 1, 1)) if span.code == code]
    assert [(span.valid_from, span.valid_to, span.county) for span in spans] == [
        (None, dt.date(2025, 4, 1), other.code),
        (dt.date(2025, 4, 1), None, code),
    ]
    Division.objects.filter(pk=new.pk).update(valid_to=dt.date(2025, 4, 20))
    last = Division.objects.create(code=code, valid_from=dt.date(2025, 4, 20), **kept)
    pieces[new.pk], pieces[last.pk] = pieces[old.pk], (Piece(last.pk, Extent.SAME),)
    assert [span for span in crosswalk(dt.date(2026, 1, 1)) if span.code == code] == spans


@pytest.mark.django_db
def test_a_county_that_gave_up_a_part_keeps_its_own_stays() -> None:
    """龙港 left 苍南 in 2019, 鄞州 gave a part to 海曙 in 2016: both are counties still."""
    day = dt.date(2026, 1, 1)
    standing = Division.objects.on(day).filter(level="county")
    codes = set(standing.values_list("code", flat=True))
    stretches = [one for one in crosswalk(day) if one.valid_to is None and one.code in codes]
    assert {one.code: one.county for one in stretches} == {code: code for code in codes}
    before = next(one for one in crosswalk(day) if one.code == "330327" and one.valid_from is None)
    assert before.county == "330327"


def test_old_figures_are_forgotten(liaison: Any, hospital: Hospital) -> None:
    from duikou.wings.discharges.figures import refresh

    for seed in range(5):
        in_force(liaison, submit(liaison, hospital, csv(stays(10, seed=seed))))
        refresh(lambda basis: [("cases", {})])
    assert len(list((files.root() / "figures").iterdir())) <= 4


# ---------------------------------------------------------------- demonstration data


@pytest.mark.usefixtures("one_year")
def test_demonstration_data_are_marked_repeatable_and_removed(liaison: Any, hospital: Hospital) -> None:
    last = months.before(months.this_month())
    own = in_force(
        liaison, submit(liaison, hospital, csv(stays(20, month=months.shown(last))), months.shown(last))
    )
    made = demo.load(records=2000, seed=5)
    rows = Submission.objects.filter(demonstration=True)
    assert made["submissions"] == rows.count() > 300
    assert made["stays"] > 1500
    assert set(rows.values_list("state", flat=True)) == {"committed"}
    assert not rows.filter(hospital=hospital, month=last).exists()  # what it submitted itself stays
    first = sorted(rows.values_list("hospital__key", "month", "accepted"))
    assert signing.reconcile().sound
    lines = SettlementLine.objects.filter(table__demonstration=True)
    assert made["settlements"] == lines.count() > 500
    inside = sum(lines.values_list("in_county", flat=True))
    assert 0 < inside < made["stays"]
    assert demo.clear() == {"submissions": made["submissions"], "settlements": made["settlements"]}
    assert not SettlementTable.objects.exists()
    assert list(Submission.objects.values_list("pk", flat=True)) == [own.pk]
    with Reader() as reader:
        assert [row["value"] for row in reader.figure("cases").rows] == [20]
    assert signing.reconcile().sound
    demo.load(records=2000, seed=5)
    assert sorted(rows.values_list("hospital__key", "month", "accepted")) == first
    assert AuditEvent.objects.filter(action="demo.loaded").count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("one_year")
def test_clearing_leaves_no_store_where_nothing_else_was() -> None:
    demo.load(records=500)
    with pytest.raises(Exception, match="demo clear"):
        demo.load(records=500)
    demo.clear()
    assert not files.store_folder().exists()
    assert current().empty
    assert demo.clear() == {"submissions": 0, "settlements": 0}


# ---------------------------------------------------------------- what the policy sets, what cannot be said


def test_goal_and_length_of_the_list_come_from_the_pack_with_their_clause(settings: Settings) -> None:
    assert (demands.goal().value, demands.goal().source) == (90, "S1 §一 (GOAL-02)")
    assert (demands.top().value, demands.top().rules) == (5, ("CAP-01", "CAP-02"))
    assert demands.settings_of("out_referral_list") == {"k": 5, "years": 3}
    settings.DEFAULT_ROUND_PACK = "national-2012"
    assert (demands.top().value, demands.top().source) == (4, "S2 §三(一) (CAP-02)")
    assert (demands.goal().value, demands.goal().rules) == (90, ())  # the nation has no such rule


@pytest.mark.usefixtures("province_of_stays")
def test_a_county_without_a_hospital_has_a_reason_and_no_rate(account: Callable[..., Any]) -> None:
    client, actor = signed_in(account, "provincial_officer", "浙江省")
    with Reader() as reader:
        lines = boards.province_board(reader, Area(actor)).lines
    code = next(one.county.code for one in lines if one.rate and one.rate.get("reason"))
    assert "没有登记的医院" in client.get("/app/discharges/province/").content.decode()
    assert "没有登记的医院" in client.get(f"/app/discharges/counties/{code}/").content.decode()
    page = client.get(f"/app/discharges/figures/out_of_county_rate/?residence={code}").content.decode()
    assert "没有登记的医院" in page
    (row,) = client.get(f"/api/v1/discharge-figures/in_county_rate?residence={code}").json()["items"]
    assert (row["value"], row["reached"], row["reason"]) == (None, None, "no_hospital")
    with Reader() as reader:  # a stay in the county would count, whatever the register says
        figure = reader.figure("in_county_rate")
    first = next(row for row in figure.rows if row["residence"] == code)
    inside = dataclasses.replace(figure, rows=({**first, "numerator": 1},))
    assert told(inside, {code}).rows == inside.rows
