"""The overview over invented postings: page, workbook and interface say what counting by hand says."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from duikou.core.models import OrgUnit, User
from duikou.core.scope import SYSTEM, actor_for
from duikou.wings.hospitals.models import Hospital
from duikou.wings.obligations.models import Obligation
from duikou.wings.pairings.models import Pairing
from duikou.wings.postings.models import Posting
from duikou.wings.staffing.queries.overview import overview
from duikou.wings.staffing.queries.rows import area_of, month_of
from duikou.wings.staffing.views.overview import hospital_rows
from duikou.wings.training.models import Traineeship
from tests.wings.posted import account_of, traineeship_of
from tests.wings.staffing.conftest import Invented

pytestmark = pytest.mark.django_db
Accounts = Callable[..., User]
UserAt = Callable[[Hospital, str], User]
JUNE = {"month": "2014-06"}


def client(user: User) -> Client:
    found = Client()
    found.force_login(user)
    return found


def promise(invented: Invented, target: int | None, **values: Any) -> Obligation:
    """A duty of Anji's agreement to post staff, from March to February."""
    pairing = invented.anji
    fields = {
        "holder": "agreement:1",
        "key": "supporter-posting",
        "period": "year-2014-03-01",
        "start": dt.date(2014, 3, 1),
        "end": dt.date(2015, 2, 28),
        "target": target,
        "evidence_kinds": ["posting", "roster"],
        "closed_on": None,
        **values,
    }
    return Obligation.objects.create(
        pairing=pairing, supporter_path=pairing.supporter_path, recipient_path=pairing.recipient_path,
        period_kind="year", title={"zh": "派驻", "en": "Posting"}, text={"zh": "", "en": ""},
        owner="supporter", beneficiary="recipient", unit="person_month", **fields,
    )  # fmt: skip


def test_the_page_opens_with_the_latest_month_that_had_somebody_on_post(invented: Invented) -> None:
    assert month_of(SYSTEM, "").name == "2014-12"
    Posting.objects.filter(pk=invented.second.pk).update(last_day=dt.date(2100, 1, 1))
    assert month_of(SYSTEM, "").until == month_of(SYSTEM, "").today


def test_sums_of_june(invented: Invented) -> None:
    promise(invented, 12)
    promise(invented, 99, key="closed", closed_on=dt.date(2014, 5, 1), closed_reason="修订")
    promise(invented, 99, key="teaching", evidence_kinds=["lecture"])
    found = overview(area_of(SYSTEM, ""), month_of(SYSTEM, "2014-06"))
    rows = {(row["side"], row["id"]): row for row in hospital_rows(found)}
    anji = rows["recipient", invented.anji.recipient_id]
    # 甲 15 of 30 days (leave), 丙 20 of 30; March to May 甲 3 months.
    assert (anji["persons"], anji["managers"]) == (2, 1)
    assert (str(anji["month"]), str(anji["year"])) == ("1.2", "4.2")  # 35/30
    # planned: 甲 30, 丙 30 days; kept: 15 + 20
    assert str(anji["rate"]) == "58.3"
    assert (anji["agreed"], str(anji["done"])) == (12, "4.2")
    assert (str(anji["continuity"]), anji["bare_days"]) == ("100.0", 0)
    assert (anji["trainees"], str(anji["training"])) == (1, "3.9")  # 27/30 + 3
    other = rows["recipient", invented.other.recipient_id]
    assert (other["persons"], str(other["month"]), other["agreed"]) == (1, "0.7", "待约定")
    assert str(other["rate"]) == "66.7"  # 20 of 30 planned days
    sent = rows["supporter", invented.anji.supporter_id]
    assert (sent["persons"], str(sent["year"]), sent["continuity"]) == (2, "4.2", None)
    assert found.whole.sent.persons == {p.person_id for p in (invented.first, invented.head, invented.late)}
    assert {key: len(one.persons) for key, one in found.titles.items()} == {"副主任医师": 2, "主任医师": 1}
    assert {key: len(one.persons) for key, one in found.specialties.items()} == {"cardiology": 2, "icu": 1}


def test_a_break_between_batches_shows_in_autumn(invented: Invented) -> None:
    found = overview(area_of(SYSTEM, ""), month_of(SYSTEM, "2014-09"))
    anji = next(one for one in found.recipients if one.hospital.pk == invented.anji.recipient_id)
    assert anji.line.continuity.breaks == ((dt.date(2014, 9, 1), dt.date(2014, 9, 10)),)
    assert (anji.line.continuity.days, anji.line.continuity.covered) == (214, 204)


def test_screen_workbook_and_interface_say_the_same(invented: Invented, account: Accounts) -> None:
    promise(invented, 12)
    officer = client(account("provincial_officer", "浙江省"))
    page = officer.get(reverse("staffing:overview"), JUNE)
    html = page.content.decode()
    api = officer.get("/api/v1/staffing", JUNE).json()
    listed = officer.get(reverse("staffing:hospitals"), {**JUNE, "size": 100, "side": "recipient"})
    book = openpyxl.load_workbook(
        io.BytesIO(
            b"".join(officer.get(reverse("staffing:overview"), {**JUNE, "export": "xlsx"}).streaming_content)
        )
    )
    sheet = {row[1]: row for row in book["受援医院"].iter_rows(min_row=2, values_only=True)}
    file = {row[0]: row for row in book["合计与各县"].iter_rows(min_row=2, values_only=True)}
    shown = {row["id"]: row for row in listed.context["listing"].rows}
    hospitals = {one["id"]: one for one in api["hospitals"] if one["side"] == "recipient"}
    for pk, row in shown.items():
        one, cells = hospitals[pk], sheet[row["hospital"]]
        numbers = (row["persons"], float(row["month"]), float(row["year"]))
        assert numbers == (one["persons"], one["month"], one["year"]) == cells[2:5]
        assert (row["agreed"] if one["agreed"] else None) == one["agreed"]
        assert (cells[6], cells[7]) == (row["agreed"], one["done"])
        assert one["trainees"] == row["trainees"] == cells[11]
    for county in api["counties"]:
        line = next(one for one in page.context["counties"] if one["name"] == county["name"])
        numbers = (county["persons"], county["year"], county["trainees"])
        assert numbers == (line["persons"], float(line["year"]), line["trainees"])
        assert (file[county["name"]][1], file[county["name"]][3]) == numbers[:2]
    whole = api["whole"]
    assert (whole["persons"], whole["year"], whole["agreed"]) == (3, 4.8, 12)
    assert api["swap_rate"] == 100.0  # cardiology was posted at Anji all of June
    assert page.context["swap_rate"] == "100.0%"
    assert ("置换率", "100.0%") in book["口径"].iter_rows(values_only=True)
    assert (file["合计"][1], file["合计"][3], file["合计"][5]) == (3, 4.8, 12)
    for words in ("人员帮扶总览", "4.8", "4.2 / 12", "34.7%", "安吉县", "副主任医师"):
        assert words in html
    assert sum(county["persons"] for county in api["counties"]) == 3
    english = officer.get(reverse("staffing:overview"), JUNE, headers={"accept-language": "en"})
    assert "Overview of people" in english.content.decode()


def replaced(first: dt.date, last: dt.date, **narrow: Any) -> tuple[int, int]:
    """The oracle: day by day, trainee by trainee, whether the own specialty is posted by the same pairing."""
    days = there = 0
    for trainee in Traineeship.objects.filter(state__in=Traineeship.SERVED, **narrow):
        for n in range((last - first).days + 1):
            day = first + dt.timedelta(days=n)
            if not trainee.first_day <= day <= trainee.last_day:
                continue
            days += 1
            there += Posting.objects.filter(
                state__in=Posting.SERVED, pairing=trainee.pairing, specialty=trainee.specialty,
                first_day__lte=day, last_day__gte=day,
            ).exists()  # fmt: skip
    return days, there


def test_the_swap_rate_of_each_hospital_and_county(invented: Invented, account: Accounts) -> None:
    """June: Anji's cardiologist is replaced all month, its icu trainee 20 days, the other's not at all."""
    june = dt.date(2014, 6, 1), dt.date(2014, 6, 30)
    traineeship_of(invented.anji, "庚", specialty="icu")
    traineeship_of(invented.other, "辛", specialty="icu")
    officer = client(account("provincial_officer", "浙江省"))
    page = officer.get(reverse("staffing:overview"), JUNE)
    url, pages = reverse("staffing:hospitals"), [{**JUNE, "size": 100, "page": page} for page in (1, 2, 3)]
    listed = [row for one in pages for row in officer.get(url, one).context["listing"].rows]
    api = officer.get("/api/v1/staffing", JUNE).json()
    content = officer.get(reverse("staffing:overview"), {**JUNE, "export": "xlsx"}).streaming_content
    book = openpyxl.load_workbook(io.BytesIO(b"".join(content)))

    def rate(days: int, there: int) -> float | None:
        return float(f"{100 * there / days + 1e-9:.1f}") if days else None

    def sheet(name: str, place: int) -> dict[str, Any]:
        return {row[place]: row[-1] for row in book[name].iter_rows(min_row=2, values_only=True)}

    anji = replaced(*june, recipient=invented.anji.recipient)
    assert anji == (60, 50)
    files = {"recipient": sheet("受援医院", 1), "supporter": sheet("支援医院", 0)}
    hospitals = {(one["side"], one["id"]): one for one in api["hospitals"]}
    assert len(listed) == len(hospitals)
    for row in listed:
        one = hospitals[row["side"], row["id"]]
        asked = replaced(*june, **{row["side"]: row["id"]})
        assert (one["training_days"], one["replaced_days"]) == asked
        shown = None if row["swap"] is None else float(row["swap"])
        assert one["swap_rate"] == shown == files[row["side"]][row["hospital"]] == rate(*asked)
    counties = sheet("合计与各县", 0)
    lines = {line["name"]: line["swap_rate"] for line in page.context["counties"]}
    for county in api["counties"]:
        inside = Pairing.objects.filter(recipient_division__code=county["code"]).values("recipient")
        asked = replaced(*june, recipient__in=inside)
        assert county["swap_rate"] == counties[county["name"]] == rate(*asked)
        assert lines[county["name"]] == ("—" if not asked[0] else f"{rate(*asked)}%")
    whole = replaced(*june)
    assert api["whole"]["swap_rate"] == api["swap_rate"] == counties["合计"] == rate(*whole)
    assert page.context["swap_rate"] == f"{rate(*whole)}%"
    assert sum(one["training_days"] for one in api["counties"]) == whole[0]


def test_the_figures_take_a_fixed_number_of_queries(
    invented: Invented, account: Accounts, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    officer = client(account("provincial_officer", "浙江省"))
    officer.get(reverse("home"))
    for name, most in (("overview", 25), ("hospitals", 22), ("people", 22)):
        with django_assert_max_num_queries(most):
            assert officer.get(reverse(f"staffing:{name}"), JUNE).status_code == 200


def test_who_is_where(invented: Invented, account: Accounts) -> None:
    officer = client(account("provincial_officer", "浙江省"))
    page = officer.get(reverse("staffing:people"), JUNE)
    rows = page.context["listing"].rows
    assert {row.person: row.leave_days for row in rows} == {"甲": 15, "丙": 0, "丁": 0, "己": 3}
    county = invented.anji.recipient_division.code
    only = officer.get(reverse("staffing:people"), {**JUNE, "county": county, "kind": "posting"})
    assert {row.person for row in only.context["listing"].rows} == {"甲", "丙"}
    items = officer.get("/api/v1/staffing/people", {**JUNE, "county": county, "kind": "posting"}).json()[
        "items"
    ]
    assert {(one["person"], one["office"], one["leave_days"]) for one in items} == {
        ("甲", "", 15), ("丙", "head", 0),
    }  # fmt: skip
    assert officer.get(reverse("staffing:people"), {**JUNE, "export": "xlsx"}).status_code == 200
    assert officer.get(reverse("staffing:people"), {"county": "000000"}).status_code == 400


def test_what_cannot_be_understood_is_refused(account: Accounts) -> None:
    officer = client(account("provincial_officer", "浙江省"))
    for month in ("2014", "2014-13", "2099-01", "0000-01", "2014-6", "june"):
        for name in ("overview", "hospitals", "people"):
            answer = officer.get(reverse(f"staffing:{name}"), {"month": month})
            assert answer.status_code == 400
            assert "2014-06" in answer.content.decode()
    assert officer.get(reverse("staffing:overview"), {"place": "x"}).status_code == 400
    assert officer.get("/api/v1/staffing", {"month": "2099-01"}).status_code == 400
    assert officer.get("/api/v1/staffing", {"month": "2014-6"}).status_code == 422
    assert officer.get("/api/v1/staffing", {"place": 10**9}).status_code == 404


def test_everybody_sees_the_own_area_alone(invented: Invented, account: Accounts, user_at: UserAt) -> None:
    def persons(user: User, **query: str) -> tuple[int, set[str]]:
        actor = actor_for(user)
        found = overview(area_of(actor, query.get("place", "")), month_of(actor, "2014-06"))
        return len(found.whole.sent.persons), {one.hospital.name for one in found.recipients}

    sender = user_at(invented.anji.supporter, "hospital_president")
    number, names = persons(sender)
    assert (number, invented.anji.recipient.name in names) == (2, True)
    assert invented.other.recipient.name not in names
    assert persons(user_at(invented.other.recipient, "hospital_liaison"))[0] == 1
    officer = account("provincial_officer", "浙江省")
    city = OrgUnit.objects.get(name="湖州市", kind="city")
    assert persons(officer, place=str(city.pk))[0] == 2
    nation = client(account("national_officer"))
    assert nation.get(reverse("staffing:overview"), JUNE).context["whole"]["persons"] == 3
    assert nation.get(reverse("staffing:people"), JUNE).status_code == 403  # figures, no names
    own = client(account_of(invented.first.person))
    for name in ("overview", "hospitals", "people"):
        assert own.get(reverse(f"staffing:{name}")).status_code == 403
