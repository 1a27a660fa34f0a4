"""Pages of the register: what is shown to whom, in how many queries, and what forms do."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from duikou.core.models import OrgUnit, User
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals import actions, catalogue
from duikou.wings.hospitals.actions import Question
from duikou.wings.hospitals.models import Hospital, HospitalPartner, NameReview
from duikou.wings.places.models import Division

pytestmark = pytest.mark.django_db
MakeAccount = Callable[..., User]
JIANDE = "建德市第一人民医院"
FORMS = (
    "edit",
    "rename",
    "alias-new",
    "level",
    "move",
    "close",
    "department-new",
    "department-states",
    "merge",
    "split",
)


@pytest.fixture
def sign_in(client: Client, account: MakeAccount) -> Callable[..., Client]:
    def signed(role: str | None, org: str | None = None) -> Client:
        client.force_login(account(role, org))
        return client

    return signed


@pytest.fixture
def province(sign_in: Callable[..., Client]) -> Client:
    return sign_in("provincial_officer", "浙江省")


@pytest.fixture
def hangzhou(sign_in: Callable[..., Client]) -> Client:
    return sign_in("city_officer", "杭州市")


def hospital(name: str = JIANDE) -> Hospital:
    return Hospital.objects.get(name=name)


def url(name: str, *args: Any) -> str:
    return reverse(f"hospitals:{name}", args=args)


def post(client: Client, address: str, **data: Any) -> Any:
    return client.post(address, {key: value for key, value in data.items() if value is not None})


# ---------------------------------------------------------------- the list


def test_the_list_shows_names_kinds_and_places(province: Client) -> None:
    page = province.get(url("list"), {"q": "建德市第一人医院"})
    assert page.status_code == 200
    html = page.content.decode()
    assert JIANDE in html
    assert "建德市" in html
    assert html.count('<tr role="row">') == 2  # heading and one hospital


@pytest.mark.parametrize("size", ["25", "100"])
def test_the_list_takes_at_most_eight_queries(province: Client, size: str) -> None:
    province.get(url("list"))  # the session is read once before
    for query in ({"size": size}, {"size": size, "as_of": "2014-03-01", "city": "330100"}):
        with CaptureQueriesContext(connection) as caught:
            assert province.get(url("list"), query).status_code == 200
        assert len(caught) <= 8, [entry["sql"][:90] for entry in caught]


def test_the_list_of_a_day_tells_names_and_places_of_that_day(province: Client) -> None:
    html = province.get(url("list"), {"as_of": "2013-06-01", "q": "上虞市人民医院"}).content.decode()
    assert "上虞市人民医院</a>" in html
    assert "今 绍兴市上虞区人民医院" in html
    counties = province.get(url("list"), {"as_of": "2014-03-01", "county": "330104"}).content.decode()
    assert "邵逸夫" in counties
    assert province.get(url("list"), {"county": "330104"}).status_code == 400  # no such county today


@pytest.mark.parametrize(
    "query", [{"as_of": "2014-02-30"}, {"kind": "spa"}, {"sort": "scope_path"}, {"page": "0"}, {"state": "x"}]
)
def test_a_wrong_parameter_is_refused(province: Client, query: dict[str, str]) -> None:
    assert province.get(url("list"), query).status_code == 400


def test_merged_entries_are_found_by_text_but_not_listed(province: Client) -> None:
    source, target = hospital("温州市龙湾区第一人民医院"), hospital("温州市龙湾区人民医院")
    actions.merge_hospitals(
        actor=SYSTEM,
        source=source,
        source_version=source.version,
        target=target,
        target_version=target.version,
        kind="duplicate",
        on=dt.date(2014, 6, 1),
        reason="同一家",
    )
    plain = province.get(url("list"), {"county": "330303", "size": "100"}).content.decode()
    assert url("detail", source.pk) not in plain
    assert url("detail", target.pk) in plain
    found = province.get(url("list"), {"q": "龙湾区第一"}).content.decode()
    assert url("detail", source.pk) in found
    assert "→ 温州市龙湾区人民医院" in found
    own = province.get(url("detail", source.pk)).content.decode()
    assert "已并入另一家医院" in own
    assert url("detail", target.pk) in own


def test_the_list_is_exported_whole(province: Client) -> None:
    answer = province.get(url("list"), {"export": "xlsx", "ownership": "military"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue())).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["名称", "中国人民解放军第一一七医院"]
    text = province.get(url("list"), {"export": "csv"}).getvalue().decode("utf-8-sig")
    assert text.count("\r\n") == 219


def test_a_city_lists_its_own_and_its_partners(sign_in: Callable[..., Client]) -> None:
    HospitalPartner.objects.all().delete()
    client = sign_in("city_officer", "舟山市")
    html = client.get(url("list"), {"size": "100"}).content.decode()
    assert "浙江省舟山医院" in html
    assert "宁波市第一医院" not in html


# ---------------------------------------------------------------- one hospital


@pytest.mark.parametrize("tab", ["detail", "departments", "capabilities", "history"])
def test_each_page_of_a_hospital_opens_in_a_fixed_number_of_queries(province: Client, tab: str) -> None:
    row = hospital()
    province.get(url("list"))
    with CaptureQueriesContext(connection) as caught:
        page = province.get(url(tab, row.pk))
    assert page.status_code == 200
    assert JIANDE in page.content.decode()
    assert len(caught) <= 16, [entry["sql"][:90] for entry in caught]


def test_the_overview_tells_names_places_and_what_is_to_be_confirmed(province: Client) -> None:
    html = province.get(url("detail", hospital("绍兴市上虞区人民医院").pk)).content.decode()
    assert "上虞市人民医院" in html
    assert "至 2013-10-18（不含）" in html
    assert "待核实" in html
    then = province.get(
        url("detail", hospital("绍兴市上虞区人民医院").pk), {"as_of": "2013-06-01"}
    ).content.decode()
    assert "当日名称：上虞市人民医院；所在：上虞市" in then


def test_the_matrix_lists_all_named_specialties(province: Client) -> None:
    html = province.get(url("departments", hospital().pk)).content.decode()
    assert html.count('<td data-label="状况">') == 22


def test_the_capability_record_follows_the_milestone_years(province: Client) -> None:
    html = province.get(url("capabilities", hospital().pk)).content.decode()
    assert "2015 年应掌握的技术" in html
    assert "骨科人工关节植入技术" in html


@pytest.mark.parametrize(
    ("role", "org", "seen", "editable"),
    [
        ("provincial_officer", "浙江省", True, True),
        ("city_officer", "杭州市", True, True),
        ("county_officer", "建德市", True, False),
        ("inspector", "杭州市", True, False),
        ("national_officer", None, True, False),
        ("city_officer", "宁波市", False, False),
        ("hospital_president", "宁波市第一医院", False, False),
    ],
)
def test_what_each_role_sees_and_may_open(
    sign_in: Callable[..., Client], role: str, org: str | None, seen: bool, editable: bool
) -> None:
    HospitalPartner.objects.all().delete()
    client, row = sign_in(role, org), hospital()
    assert client.get(url("detail", row.pk)).status_code == (200 if seen else 404)
    for form in FORMS:
        expected = 200 if editable else 403 if seen or role in _WITHOUT_EDIT else 404
        assert client.get(url(form, row.pk)).status_code == expected, form


OWN_FORMS = {"edit", "department-new", "department-states"}


def test_a_liaison_opens_only_the_forms_of_its_own_matters(sign_in: Callable[..., Client]) -> None:
    client, row = sign_in("hospital_liaison", JIANDE), hospital()
    overview = client.get(url("detail", row.pk)).content.decode()
    for form in FORMS:
        assert client.get(url(form, row.pk)).status_code == (200 if form in OWN_FORMS else 403), form
        if form not in OWN_FORMS:
            assert url(form, row.pk) not in overview, form
    assert url("edit", row.pk) in overview
    assert url("new") not in client.get(url("list")).content.decode()
    assert client.get(url("new")).status_code == 403


def test_a_liaisons_form_offers_the_own_facts_and_keeps_the_others(sign_in: Callable[..., Client]) -> None:
    client, row = sign_in("hospital_liaison", JIANDE), hospital()
    html = client.get(url("edit", row.pk)).content.decode()
    assert 'name="note"' in html
    assert 'name="kind"' not in html
    sent = {"version": row.version, "note": "改", "kind": "tcm"}  # the kind is smuggled in
    assert post(client, url("edit", row.pk), **sent).status_code == 302
    after = hospital()
    assert (after.note, after.kind, after.tier) == ("改", row.kind, row.tier)


_WITHOUT_EDIT = {"hospital_president", "county_officer", "inspector", "national_officer"}


def test_partners_see_a_hospital_but_not_who_changed_it(sign_in: Callable[..., Client]) -> None:
    client, row = sign_in("county_officer", "安吉县"), hospital("浙江医院")
    HospitalPartner.objects.get_or_create(hospital=hospital("安吉县人民医院"), partner=row)
    assert client.get(url("detail", row.pk)).status_code == 200
    assert url("history", row.pk) not in client.get(url("detail", row.pk)).content.decode()
    page = client.get(url("history", row.pk))
    assert "还没有变更" in page.content.decode()


def test_visitors_are_led_to_sign_in(client: Client) -> None:
    for address in (url("list"), url("detail", hospital().pk), url("reviews"), url("new")):
        assert client.get(address).status_code == 302


@pytest.mark.parametrize(("role", "org"), [(None, None), ("system_admin", "浙江省"), ("auditor", "浙江省")])
def test_roles_without_hospitals_are_refused(
    sign_in: Callable[..., Client], role: str | None, org: str | None
) -> None:
    client = sign_in(role, org)
    for address in (url("list"), url("detail", hospital().pk), url("reviews"), url("new")):
        assert client.get(address).status_code == 403


# ---------------------------------------------------------------- forms


def test_a_hospital_is_registered(hangzhou: Client) -> None:
    county = Division.objects.get(name="建德市", valid_to=None)
    data = {"name": "建德市梅城人民医院", "division": county.pk, "kind": "general", "tier": "county"}
    answer = post(hangzhou, url("new"), **data, ownership="public", level="")
    row = hospital("建德市梅城人民医院")
    assert (answer.status_code, answer["Location"]) == (302, url("detail", row.pk))
    again = post(hangzhou, url("new"), **data, ownership="public", level="")
    assert again.status_code == 422
    assert "已经是" in again.content.decode()
    assert post(hangzhou, url("new"), **data, ownership="public", confirmed="on").status_code == 302


def test_a_county_out_of_reach_is_not_offered(hangzhou: Client) -> None:
    county = Division.objects.get(name="宁海县", valid_to=None)
    answer = post(
        hangzhou,
        url("new"),
        name="某院",
        division=county.pk,
        kind="general",
        tier="county",
        ownership="public",
    )
    assert answer.status_code == 422


def test_renaming_and_history(hangzhou: Client) -> None:
    row = hospital()
    answer = post(
        hangzhou,
        url("rename", row.pk),
        version=row.version,
        name="建德市总医院",
        on="2019-01-01",
        reason="批复",
    )
    assert answer.status_code == 302
    html = hangzhou.get(url("history", row.pk)).content.decode()
    assert "更名" in html
    assert "建德市总医院" in html
    assert "批复" in html


def test_a_refusal_is_shown_at_its_field_and_can_be_put_right(hangzhou: Client) -> None:
    row = hospital()
    data = {"version": row.version, "name": "建德市总医院", "reason": "批复"}
    wrong = post(hangzhou, url("rename", row.pk), **data, on="2200-01-01")
    assert wrong.status_code == 422
    assert "日期应在" in wrong.content.decode()
    assert post(hangzhou, url("rename", row.pk), **data, on="2019-01-01").status_code == 302


def test_a_lost_race_is_told_with_409(hangzhou: Client) -> None:
    row = hospital()
    data = {"version": row.version, "on": "2019-01-01", "reason": "批复"}
    assert post(hangzhou, url("rename", row.pk), name="建德市总医院", **data).status_code == 302
    late = post(hangzhou, url("rename", row.pk), name="建德市中心医院", **data)
    assert late.status_code == 409
    assert "重新载入最新内容" in late.content.decode()
    assert Hospital.objects.get(pk=row.pk).name == "建德市总医院"


def test_every_form_does_its_act(province: Client) -> None:
    """One pass over all forms, each time with the version of the moment."""
    row = hospital()

    def send(page: str, *more: Any, **data: Any) -> None:
        row.refresh_from_db()
        answer = post(province, url(page, row.pk, *more), version=row.version, **data)
        assert answer.status_code == 302, (page, answer.content.decode()[:3000])

    send(
        "edit",
        kind="general",
        tier="county",
        ownership="public",
        role="recipient",
        note="改",
        lon="119.28",
        lat="29.47",
    )
    send("alias-new", name="建德一院", kind="short")
    alias = row.names.get(name="建德一院")
    send("alias-remove", alias.pk, reason="误加")
    send("level", level="二级甲等", mark="found", source="公告")
    county = Division.objects.get(name="桐庐县", valid_to=None)
    send("move", division=county.pk, on="2020-01-01", reason="迁建")
    send("department-new", specialty="other", name="康复科", state="present")
    send("department-close", row.departments.get().pk, on="2021-01-01", reason="并科")
    judged = dict.fromkeys((each.id for each in catalogue.specialties()), "open")
    send("department-states", **{**judged, "pathology": "missing", "critical_care": "weak"})
    send(
        "split",
        name="建德市新院",
        division=county.pk,
        kind="general",
        tier="county",
        ownership="public",
        on="2022-01-01",
        reason="独立",
    )
    send("close", on="2023-01-01", reason="撤并")
    send("reopen", reason="恢复")
    row.refresh_from_db()
    assert (row.state, row.level, row.note, row.division.name) == ("active", "二级甲等", "改", "桐庐县")
    html = province.get(url("history", row.pk)).content.decode()
    for words in (
        "删除别名",
        "登记等级",
        "变更所在地",
        "撤销科室",
        "评定专科状况",
        "拆分",
        "恢复在册",
    ):
        assert words in html


def test_a_department_that_is_not_there_is_missing(province: Client) -> None:
    row = hospital()
    for address in (
        url("department-close", row.pk, 10**9),
        url("alias-remove", row.pk, 10**9),
        url("merge-undo", row.pk),
        url("detail", 10**9),
        f"{url('merge', row.pk)}?target=abc",
        f"{url('merge', row.pk)}?target=999999999",
    ):
        assert province.get(address).status_code == 404, address


# ---------------------------------------------------------------- merge wizard


def test_the_merge_wizard_compares_previews_merges_and_undoes(province: Client) -> None:
    source, target = hospital("温州市龙湾区第一人民医院"), hospital("温州市龙湾区人民医院")
    chosen = province.get(url("merge", source.pk)).content.decode()
    assert f"?target={target.pk}" in chosen  # same county
    searched = province.get(url("merge", source.pk), {"q": "瑞安市中医院"}).content.decode()
    assert f"?target={hospital('瑞安市中医院').pk}" in searched
    address = f"{url('merge', source.pk)}?target={target.pk}"
    compared = province.get(address).content.decode()
    assert "龙湾区第一人民医院" in compared
    assert "不同" in compared
    data = {
        "version": source.version,
        "target_version": target.version,
        "kind": "duplicate",
        "on": "2014-06-01",
    }
    assert post(province, address, **data, reason="").status_code == 422
    assert post(province, address, **data, reason="同一家").status_code == 302
    source.refresh_from_db()
    assert source.merged_into == target
    undo = url("merge-undo", source.pk)
    assert province.get(undo).status_code == 200
    assert post(province, undo, version=source.version, reason="误").status_code == 302
    assert "已撤回" in province.get(url("detail", source.pk)).content.decode()


def test_a_city_cannot_choose_a_provincial_hospital_to_merge_into(hangzhou: Client) -> None:
    source, target = hospital("杭州市第一人民医院"), hospital("浙江医院")
    html = hangzhou.get(url("merge", source.pk), {"q": "浙江医院"}).content.decode()
    assert f"?target={target.pk}" not in html
    assert hangzhou.get(f"{url('merge', source.pk)}?target={target.pk}").status_code in (403, 404)


# ---------------------------------------------------------------- reviews


@pytest.fixture
def review(db: None) -> NameReview:
    why = [{"zh": "名称相近", "en": "similar name"}]
    candidates = [{"hospital": hospital().pk, "confidence": 0.72, "why": why}]
    return actions.open_reviews(
        actor=SYSTEM,
        scope_path=OrgUnit.objects.get(name="杭州市").path,
        questions=[Question("建德一院", "附件2 杭州市 第9行", dt.date(2014, 3, 1), candidates)],
    )[0]


def test_the_queue_and_its_page_show_candidates_with_reasons(hangzhou: Client, review: NameReview) -> None:
    queue = hangzhou.get(url("reviews")).content.decode()
    assert "建德一院" in queue
    assert "72%" in queue
    html = hangzhou.get(url("review", review.pk)).content.decode()
    assert "名称相近" in html
    english = hangzhou.get(url("review", review.pk), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "similar name" in english
    looked_for = hangzhou.get(url("review", review.pk), {"q": "建德市第二"}).content.decode()
    assert "建德市第二人民医院" in looked_for


def test_a_review_is_decided_and_taken_back(hangzhou: Client, review: NameReview) -> None:
    address = url("review", review.pk)
    assert post(hangzhou, address, decide="match", hospital="", remember_as="").status_code == 422
    assert post(hangzhou, address, decide="dismissal").status_code == 400
    done = post(hangzhou, address, decide="match", hospital=hospital().pk, remember_as="short")
    assert done.status_code == 302
    assert hospital().names.filter(name="建德一院", kind="short").exists()
    hangzhou.get(url("list"))  # shows the message that names it
    assert "建德一院" not in hangzhou.get(url("reviews")).content.decode()
    assert "建德一院" in hangzhou.get(url("reviews"), {"state": "matched"}).content.decode()
    late = post(hangzhou, address, decide="dismiss", **{"no-reason": "表头"})
    assert late.status_code == 409
    assert post(hangzhou, address, decide="reopen", **{"again-reason": "误"}).status_code == 302
    assert post(hangzhou, address, decide="dismiss", **{"no-reason": "表头"}).status_code == 302


def test_a_new_hospital_comes_out_of_a_review(hangzhou: Client, review: NameReview) -> None:
    county = Division.objects.get(name="建德市", valid_to=None)
    data = {
        "name": "建德市一院新区",
        "division": county.pk,
        "kind": "general",
        "tier": "county",
        "ownership": "public",
    }
    answer = post(
        hangzhou, url("review", review.pk), decide="create", **{f"new-{k}": v for k, v in data.items()}
    )
    assert answer.status_code == 302
    review.refresh_from_db()
    assert review.decided == hospital("建德市一院新区")


def test_reviews_of_others_are_missing(sign_in: Callable[..., Client], review: NameReview) -> None:
    client = sign_in("city_officer", "宁波市")
    assert client.get(url("review", review.pk)).status_code == 404
    assert "建德一院" not in client.get(url("reviews")).content.decode()
    assert post(client, url("review", review.pk), decide="dismiss").status_code == 404
