"""Pages of the places wing: what they show, what they refuse, how many queries they cost."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from duikou.wings.places.models import BoundarySet, Division, TravelTime

pytestmark = pytest.mark.django_db

LIST = reverse("places:list")
TRAVEL = reverse("places:travel")
BOUNDARIES = reverse("places:boundaries")


@pytest.fixture
def officer(client: Client, account: Callable) -> Client:
    """Signed in for the province."""
    client.force_login(account("provincial_officer", "浙江省"))
    return client


@pytest.fixture
def reader(client: Client, account: Callable) -> Client:
    """Signed in for one county."""
    client.force_login(account("county_officer", "长兴县"))
    return client


def text(response: Any) -> str:
    return response.content.decode()


PAGES = [LIST, reverse("places:changes"), TRAVEL, BOUNDARIES, reverse("places:travel-template")]


@pytest.mark.parametrize("url", PAGES)
def test_pages_need_a_sign_in_and_open_for_every_role(url: str, client: Client, account: Callable) -> None:
    assert client.get(url).status_code == 302
    client.force_login(account("county_officer", "长兴县"))
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("url", PAGES)
def test_pages_refuse_accounts_without_a_role(url: str, client: Client, account: Callable) -> None:
    client.force_login(account())
    assert client.get(url).status_code == 403


def test_divisions_of_the_rounds_day(reader: Client) -> None:
    shown = text(reader.get(LIST, {"as_of": "2014-03-01"}))
    assert "共 90 个" in shown
    for number in ("34", "21"):
        assert f">{number}<" in shown
    assert "富阳市" in shown
    assert "富阳区" not in shown
    assert shown.count('class="dk-fill-') >= 90


def test_filters_and_export(reader: Client) -> None:
    shown = text(reader.get(LIST, {"as_of": "2014-03-01", "kind": "autonomous_county"}))
    assert "景宁畲族自治县" in shown
    answer = reader.get(LIST, {"as_of": "2014-03-01", "city": "330900", "export": "csv"})
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert content.count("\n") >= 5
    assert "嵊泗县" in content


@pytest.mark.parametrize(
    "query", [{"as_of": "2014-13-01"}, {"as_of": "yesterday"}, {"kind": "village"}, {"page": "x"}]
)
def test_bad_parameters_are_refused(reader: Client, query: dict[str, str]) -> None:
    assert reader.get(LIST, query).status_code == 400


def test_days_before_the_records_say_so(reader: Client) -> None:
    assert "区划记录始于 2006-01-01" in text(reader.get(LIST, {"as_of": "1999-01-01"}))


def test_number_of_queries_of_the_list(reader: Client, django_assert_max_num_queries: Callable) -> None:
    reader.get(LIST)
    with django_assert_max_num_queries(8):
        reader.get(LIST, {"as_of": "2014-03-01", "size": "100"}, headers={"HX-Request": "true"})


def test_a_unit_with_its_history(reader: Client) -> None:
    shangyu = Division.objects.get(name="上虞市")
    shown = text(reader.get(reverse("places:division", args=[shangyu.pk])))
    assert "上虞区" in shown
    assert "国函〔2013〕112号" in shown
    assert "2013-10-17" in shown  # its last day is the page's default day
    assert "当日不存在" not in shown
    gone = text(reader.get(reverse("places:division", args=[shangyu.pk]), {"as_of": "2014-03-01"}))
    assert "当日不存在" in gone


def test_what_a_unit_became_is_honest_about_parts(reader: Client) -> None:
    jianggan = Division.objects.get(name="江干区")
    shown = text(reader.get(reverse("places:division", args=[jianggan.pk]), {"as_of": "2014-03-01"}))
    assert "钱塘区" in shown
    assert "部分在其中" in shown


def test_a_county_shows_its_nearest_and_the_kind_of_distance(reader: Client) -> None:
    changxing = Division.objects.get(name="长兴县")
    shown = text(reader.get(reverse("places:division", args=[changxing.pk])))
    assert "估算" in shown
    assert "吴兴区" in shown
    TravelTime.objects.create(
        origin="division:330522", destination="division:330502", km=31, minutes=40, kind="measured",
        source="s", as_of=dt.date(2020, 1, 1),
    )  # fmt: skip
    shown = text(reader.get(reverse("places:division", args=[changxing.pk])))
    assert "31 公里" in shown
    assert "实测" in shown


def test_a_city_lists_its_units_of_the_day(reader: Client) -> None:
    hangzhou = Division.objects.get(name="杭州市")
    url = reverse("places:division", args=[hangzhou.pk])
    assert "江干区" in text(reader.get(url, {"as_of": "2014-03-01"}))
    assert "江干区" not in text(reader.get(url))


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2013-10-18"])
def test_days_at_the_ends_of_time(reader: Client, day: str) -> None:
    assert reader.get(LIST, {"as_of": day}).status_code == 200
    for name in ("上虞市", "余杭区", "杭州市", "长兴县"):
        unit = Division.objects.filter(name=name).latest("valid_from")
        assert reader.get(reverse("places:division", args=[unit.pk]), {"as_of": day}).status_code == 200


def test_an_unknown_unit_is_missing(reader: Client) -> None:
    assert reader.get(reverse("places:division", args=[10**9])).status_code == 404


def test_changes_with_documents_and_doubts(reader: Client) -> None:
    shown = text(reader.get(reverse("places:changes")))
    assert shown.count("民函〔2017〕70号") == 1
    assert "待核实" in shown
    assert "除下沙街道、白杨街道外的全部" in shown
    assert "2021-03" in shown


def test_pages_in_english(reader: Client) -> None:
    reader.cookies["duikou-language"] = "en"
    for url in PAGES[:-1]:
        shown = text(reader.get(url))
        body = re.sub(r"<(script|title)[^>]*>.*?</\1>", "", shown, flags=re.S)
        assert "行政区划" not in body, url
    assert "Changxing County" in text(reader.get(LIST))


# ---------------------------------------------------------------- travel

ROW = b"origin,destination,km,minutes,source,as_of,kind\n330522,331023,310.5,250,test,2015-01-01,matrix\n"


def upload(client: Client, content: bytes) -> Any:
    return client.post(TRAVEL, {"file": SimpleUploadedFile("m.csv", content)})


def test_a_matrix_is_imported(officer: Client) -> None:
    answer = upload(officer, ROW)
    assert (answer.status_code, answer.url) == (302, TRAVEL)
    shown = text(officer.get(TRAVEL))
    assert "长兴县 (330522)" in shown
    assert "310.5" in shown


def test_a_wrong_matrix_shows_line_and_column_and_stores_nothing(officer: Client) -> None:
    answer = upload(officer, ROW + b"330522,999999,1,1,test,2015-01-01,matrix\n")
    assert answer.status_code == 422
    assert "division:999999" in text(answer)
    assert not TravelTime.objects.exists()


def test_an_empty_upload_is_refused(officer: Client) -> None:
    assert officer.post(TRAVEL, {}).status_code == 422


def test_a_reader_sees_no_form_and_may_not_post(reader: Client) -> None:
    assert "检查并导入" not in text(reader.get(TRAVEL))
    assert upload(reader, ROW).status_code == 403
    assert not TravelTime.objects.exists()
    assert reader.post(reverse("places:travel-remove"), {"source": "test", "reason": "x"}).status_code == 403


def test_a_source_is_removed_with_a_reason(officer: Client) -> None:
    upload(officer, ROW)
    url = reverse("places:travel-remove")
    assert officer.post(url, {"source": "test", "reason": ""}).status_code == 422
    assert officer.post(url, {"source": "test", "reason": "重新测量"}).status_code == 302
    assert not TravelTime.objects.exists()


def test_the_template_reads_back(officer: Client) -> None:
    answer = officer.get(reverse("places:travel-template"))
    content = b"".join(answer.streaming_content)
    assert upload(officer, content).status_code == 302
    assert TravelTime.objects.count() == 2


# ---------------------------------------------------------------- boundaries


def squares() -> bytes:
    def feature(unit: Division) -> dict[str, Any]:
        x, y = unit.seat_lon or 0, unit.seat_lat or 0
        ring = [[x - 0.1, y - 0.1], [x + 0.1, y - 0.1], [x, y + 0.1], [x - 0.1, y - 0.1]]
        return {
            "type": "Feature",
            "properties": {"gb": f"156{unit.code}"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }

    units = Division.objects.on(dt.date(2024, 1, 1)).filter(level="county")
    return json.dumps({"type": "FeatureCollection", "features": [feature(u) for u in units]}).encode()


def send(client: Client, content: bytes, **more: str) -> Any:
    data = {
        "file": SimpleUploadedFile("b.geojson", content), "name": "测试边界", "source_text": "测试来源",
        "review_number": "GS(2024)9号", "as_of": "2024-01-01", "datum": "WGS84", **more,
    }  # fmt: skip
    return client.post(BOUNDARIES, data)


def test_boundaries_are_uploaded_shown_with_their_credit_and_removed(officer: Client) -> None:
    assert send(officer, squares()).status_code == 302
    shown = text(officer.get(BOUNDARIES))
    assert "测试来源" in shown
    assert "审图号：GS(2024)9号" in shown
    assert "<path d=" in text(officer.get(LIST))
    found = BoundarySet.objects.get()
    assert officer.post(reverse("places:boundary-use", args=[0])).status_code == 302
    assert "<path d=" not in text(officer.get(LIST))
    assert officer.post(reverse("places:boundary-use", args=[found.pk])).status_code == 302
    url = reverse("places:boundary-remove", args=[found.pk])
    assert officer.post(url, {"reason": " "}).status_code == 422
    assert officer.post(url, {"reason": "换新"}).status_code == 302
    assert not BoundarySet.objects.exists()


def test_an_edited_set_hides_its_number_under_the_map(officer: Client) -> None:
    send(officer, squares(), edited="on")
    shown = text(officer.get(LIST))
    assert "审图号：GS(2024)9号" not in shown
    assert "图形经过合并或简化" in shown


def test_a_wrong_file_is_explained_at_its_field(officer: Client) -> None:
    answer = send(officer, b'{"type": "Topology"}')
    assert answer.status_code == 422
    assert "FeatureCollection" in text(answer)
    assert "Topology" in text(answer)


def test_a_reader_may_not_change_boundaries(reader: Client) -> None:
    assert "检查并导入" not in text(reader.get(BOUNDARIES))
    assert send(reader, squares()).status_code == 403
    assert reader.post(reverse("places:boundary-package")).status_code == 403
    assert reader.post(reverse("places:boundary-use", args=[0])).status_code == 403
    assert reader.post(reverse("places:boundary-remove", args=[1]), {"reason": "x"}).status_code == 403


def test_without_the_package_the_import_says_what_to_do(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duikou.wings.places.boundaries.find_spec", lambda name: None)
    answer = officer.post(reverse("places:boundary-package"))
    assert answer.status_code == 404
    assert "duikou[boundaries]" in text(answer).replace("&#x27;", "'")
