"""Forms and buttons: what a person does on the pages, and what the page says when it is refused."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from duikou.core.jobs.models import Job
from duikou.core.models import OrgUnit
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.actions import imports
from duikou.wings.pairings.models import (
    AidLoad,
    AnnexBatch,
    AuditRun,
    DepartmentLink,
    Finding,
    Pairing,
    Round,
)
from duikou.wings.people.models import Person

from .conftest import finding, pairing

pytestmark = pytest.mark.django_db

CITY = (
    "附件,地区,支援医院,支援数,受援医院\n"
    "2,杭州市,杭州市第一人民医院,1,富阳市第二人民医院\n"
    "2,杭州市,杭州市第一人民医院,7,桐庐县第二人民医陰\n"
)


@pytest.fixture
def officer(client, account):
    client.force_login(account("provincial_officer", "浙江省"))
    return client


def org(name: str) -> int:
    return OrgUnit.objects.get(name=name).pk


# ---------------------------------------------------------------- findings desk


def desk(query: str = "") -> str:
    return reverse("pairings:findings") + (f"?{query}" if query else "")


def test_assign_several_from_the_desk(officer):
    rows = [finding("PAIR-03", "长兴县"), finding("PAIR-04", "德清县")]
    ticked = [f"{row.pk}:{row.version}" for row in rows]
    answer = officer.post(desk("severity=error"), {"finding": ticked, "assignee": org("湖州市")})
    assert answer["Location"] == desk("severity=error")
    assert Finding.objects.filter(state="assigned").count() == 2


@pytest.mark.parametrize("ticked", [[], ["1"], ["a:b"], ["999999:1"]])
def test_assign_from_the_desk_refused(officer, ticked):
    answer = officer.post(desk(), {"finding": ticked, "assignee": org("湖州市")})
    assert answer.status_code in (404, 422)
    assert not Finding.objects.filter(state="assigned").exists()


def test_assign_without_assignee(officer):
    row = finding("PAIR-03", "长兴县")
    answer = officer.post(desk(), {"finding": [f"{row.pk}:{row.version}"]})
    assert answer.status_code == 422


def test_a_past_day_is_refused_at_its_field_and_nothing_has_to_be_ticked_again(officer):
    row, other = finding("PAIR-03", "长兴县"), finding("PAIR-03", "天台县")
    ticked = f"{row.pk}:{row.version}"
    data = {"finding": [ticked], "assignee": org("湖州市"), "due": "2014-03-01"}
    answer = officer.post(desk("rule=PAIR-03"), data)
    assert answer.status_code == 422
    assert "应不早于今天；实际为 2014-03-01。" in answer.context["assign_form"].errors["due"]
    page = answer.content.decode()
    assert f'value="{ticked}" checked' in page
    assert f'value="{other.pk}:{other.version}" checked' not in page
    assert 'value="2014-03-01"' in page
    assert "PAIR-04" not in answer.context["listing"].body, "the filters of the address hold"


def test_a_unit_that_is_not_concerned_is_refused_at_its_field(officer):
    row = finding("PAIR-03", "长兴县")
    data = {"finding": [f"{row.pk}:{row.version}"], "assignee": org("台州市")}
    answer = officer.post(desk(), data)
    assert answer.status_code == 422
    assert "assignee" in answer.context["assign_form"].errors


def test_a_reader_cannot_assign(client, account):
    client.force_login(account("county_officer", "淳安县"))
    row = finding("PAIR-05", "淳安县中医院")
    data = {"finding": [f"{row.pk}:{row.version}"], "assignee": org("淳安县")}
    assert client.post(desk(), data).status_code == 403


def test_a_past_day_is_refused_on_the_page_of_the_finding(officer):
    row = finding("PAIR-05", "淳安县中医院")
    data = {"assignee": org("杭州市"), "version": row.version, "due": "2014-03-01"}
    answer = officer.post(reverse("pairings:step", args=[row.pk, "assign"]), data)
    assert answer.status_code == 422
    assert "应不早于今天；实际为 2014-03-01。" in answer.context["assign_form"].errors["due"]
    assert 'value="2014-03-01"' in answer.content.decode()


def test_steps_of_a_finding(officer, client, account):
    row = finding("PAIR-05", "淳安县中医院")
    url = reverse("pairings:finding", args=[row.pk])
    assign = {"assignee": org("杭州市"), "version": row.version}
    assert officer.post(reverse("pairings:step", args=[row.pk, "assign"]), assign).status_code == 302
    empty = officer.post(
        reverse("pairings:step", args=[row.pk, "request_exception"]), {"version": 2, "reason": ""}
    )
    assert empty.status_code == 422
    assert "invalid-feedback" in empty.content.decode() or "error" in empty.content.decode()
    asked = {"version": 2, "reason": "科室不同"}
    assert (
        officer.post(reverse("pairings:step", args=[row.pk, "request_exception"]), asked)["Location"] == url
    )
    own = officer.post(reverse("pairings:step", args=[row.pk, "accept"]), {"version": 3, "reason": "x"})
    assert own.status_code == 403
    client.force_login(account("provincial_officer", "浙江省"))
    page = client.get(url).content.decode()
    assert "科室不同" in page
    assert (
        client.post(
            reverse("pairings:step", args=[row.pk, "accept"]), {"version": 2, "reason": "x"}
        ).status_code
        == 409
    )
    assert (
        client.post(
            reverse("pairings:step", args=[row.pk, "accept"]), {"version": 3, "reason": "属实"}
        ).status_code
        == 302
    )
    row.refresh_from_db()
    assert row.state == "accepted"
    assert (
        client.post(
            reverse("pairings:step", args=[row.pk, "reopen"]), {"version": 4, "reason": "x"}
        ).status_code
        == 302
    )
    assert client.post(reverse("pairings:step", args=[row.pk, "explode"]), {"version": 5}).status_code == 422


def test_withdraw_a_request(officer):
    row = finding("PAIR-05", "淳安县中医院")
    officer.post(reverse("pairings:step", args=[row.pk, "request_exception"]), {"version": 1, "reason": "x"})
    officer.post(reverse("pairings:step", args=[row.pk, "withdraw_request"]), {"version": 2})
    row.refresh_from_db()
    assert row.state == "open"


def test_audit_again(officer):
    answer = officer.post(reverse("pairings:audit"), {"round": "zhejiang-2014"})
    assert answer["Location"] == reverse("pairings:run", args=["zhejiang-2014", 2])
    assert officer.get(answer["Location"]).status_code == 200
    assert officer.post(reverse("pairings:audit"), {"round": "x"}).status_code == 404
    assert AuditRun.objects.count() == 2


def test_a_large_round_is_audited_in_the_background(officer, monkeypatch):
    from duikou.wings.pairings.views import audits

    monkeypatch.setattr(audits, "AUDIT_AT_ONCE", 10)
    officer.post(reverse("pairings:audit"), {"round": "zhejiang-2014"})
    assert Job.objects.filter(task__endswith="audit_round_again").count() == 1
    assert AuditRun.objects.count() == 1


def test_filters_of_the_desk(officer):
    url = reverse("pairings:findings")
    path = OrgUnit.objects.get(name="湖州市").path
    for query, expected in (
        ("rule=PAIR-03", 2),
        ("severity=error", 2),
        ("rule=PAIR-05&city=" + path, 0),
        ("rule=PAIR-04&city=" + path, 2),
        ("assignee=none", 105),
        ("assignee=mine", 0),
        ("q=淳安县中医院", 1),
        ("present=no", 0),
        ("clause=S1 §三(一)", 35),
        ("state=accepted", 0),
    ):
        page = officer.get(f"{url}?{query}&size=100")
        assert page.context["listing"].count == expected, query
    assert officer.get(url, {"severity": "fatal"}).status_code == 400


def test_exports(officer):
    for name in ("list", "findings", "supporters", "recipients", "coverage", "rounds"):
        answer = officer.get(reverse(f"pairings:{name}"), {"export": "xlsx"})
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        assert book.worksheets[0].max_row > 1, name
    csv = b"".join(officer.get(reverse("pairings:list"), {"export": "csv"}).streaming_content).decode(
        "utf-8-sig"
    )
    assert csv.count("\n") == 166
    assert "浙江大学医学院附属第二医院" in csv


# ---------------------------------------------------------------- pairings and rounds


def test_add_a_pairing(officer, trial):
    data = {
        "round": "trial",
        "table": "2",
        "group": "杭州市",
        "supporter": "杭州市第一人民医院",
        "recipient": "建德市第一人医院",
        "kind": "normal",
        "departments": "骨科，心内科",
    }
    answer = officer.post(reverse("pairings:add"), data)
    row = Pairing.objects.get(round=trial)
    assert answer["Location"] == reverse("pairings:detail", args=[row.pk])
    assert row.departments == ["骨科", "心内科"]
    again = officer.post(reverse("pairings:add"), data)
    assert again.status_code == 422
    unknown = officer.post(reverse("pairings:add"), {**data, "recipient": "建德市第一人医陰"})
    assert unknown.status_code == 422
    assert "建德市第一人民医院" in unknown.content.decode()  # what the register has instead


def test_change_and_end_a_pairing(officer):
    row = pairing("浙江大学医学院附属儿童医院", "宁海县妇幼保健院")
    url = reverse("pairings:detail", args=[row.pk])
    data = {"version": 1, "kind": "branch", "departments": "儿科", "reason": "科室不同"}
    assert officer.post(reverse("pairings:edit", args=[row.pk]), data)["Location"] == url
    assert officer.post(reverse("pairings:edit", args=[row.pk]), data).status_code == 409
    assert officer.post(reverse("pairings:edit", args=[row.pk]), {**data, "kind": "?"}).status_code == 422
    bad = {"version": 2, "on": "2020-01-01", "reason": "x"}
    assert officer.post(reverse("pairings:end", args=[row.pk]), bad).status_code == 422
    assert (
        officer.post(reverse("pairings:end", args=[row.pk]), {**bad, "on": "2015-01-01"}).status_code == 302
    )
    assert "提前终止" in officer.get(url).content.decode()


def test_department_links(officer):
    row = pairing("杭州市第一人民医院", "淳安县中医院")
    url = reverse("pairings:link", args=[row.pk])
    assert officer.post(url, {"link-specialty": "nephrology"}).status_code == 302
    assert officer.post(url, {"link-specialty": "nephrology"}).status_code == 422
    assert officer.post(url, {"link-specialty": "alchemy"}).status_code == 422
    link = DepartmentLink.objects.get()
    person = Person.objects.create(hospital=row.recipient, name="乙某", demonstration=True)
    detail = reverse("pairings:detail", args=[row.pk])
    heads = reverse("pairings:heads", args=[link.pk])
    named = {"version": 1, "recipient_head": str(person.pk)}
    assert 'name="version" value="1"' in officer.get(detail).content.decode()
    assert officer.post(heads, named).status_code == 302
    late = officer.post(heads, named, headers={"referer": f"http://testserver{detail}"})
    assert late.status_code == 409
    assert "肾病学" in late.content.decode(), "the link by its title"
    assert f'href="http://testserver{detail}"' in late.content.decode(), "the way back to it"
    elsewhere = officer.post(heads, named, headers={"referer": "http://elsewhere.example/"})
    assert "elsewhere" not in elsewhere.content.decode()
    assert officer.post(heads, {"version": 2, "recipient_head": "x"}).status_code == 422
    assert officer.post(heads, {"recipient_head": str(person.pk)}).status_code == 422
    assert "乙某" in officer.get(detail).content.decode()
    end = reverse("pairings:end_link", args=[link.pk])
    assert officer.post(end, {"version": 2, "on": ""}).status_code == 422
    assert officer.post(end, {"version": 1, "on": "2015-01-01"}).status_code == 409
    assert officer.post(end, {"version": 2, "on": "2015-01-01"}).status_code == 302
    assert officer.post(end, {"version": 3, "on": "2015-01-01"}).status_code == 409


def test_other_aid(officer):
    hospital = Hospital.objects.get(name="浙江医院")
    url = reverse("pairings:add_aid", args=[hospital.pk])
    data = {"programme": "guizhou", "start": "2014-01-01", "source": "测试", "person_months": "12"}
    assert officer.post(url, {**data, "source": ""}).status_code == 422
    assert officer.post(url, data).status_code == 302
    load = AidLoad.objects.get()
    panel = officer.get(reverse("pairings:hospital_panel", args=[hospital.pk])).content.decode()
    assert "援贵" in panel
    assert 'name="version" value="1"' in panel
    end = reverse("pairings:end_aid", args=[load.pk])
    assert officer.post(end, {"on": "2014-12-31"}).status_code == 422
    assert officer.post(end, {"version": 1, "on": "2014-12-31"}).status_code == 302
    assert officer.post(end, {"version": 1, "on": "2014-11-30"}).status_code == 409


def test_rounds(officer):
    data = {
        "key": "zhejiang-2017",
        "name": "第二轮",
        "policy_pack": "zhejiang-2014",
        "start": "2017-02-15",
        "end": "2020-02-14",
        "previous": "zhejiang-2014",
    }
    assert officer.post(reverse("pairings:add_round"), {**data, "end": "2016-01-01"}).status_code == 422
    assert officer.post(reverse("pairings:add_round"), data).status_code == 302
    assert officer.post(reverse("pairings:add_round"), data).status_code == 422  # the key is taken
    url = reverse("pairings:edit_round", args=["zhejiang-2017"])
    assert 'name="version" value="1"' in officer.get(url).content.decode()
    data |= {"state": "active", "version": 1}
    assert officer.post(url, {**data, "name": "二"}).status_code == 302
    assert officer.post(url, {**data, "name": "三"}).status_code == 409
    assert Round.objects.get(key="zhejiang-2017").name == "二"
    assert officer.post(url, {**data, "version": 2, "name": ""}).status_code == 422
    assert officer.get(reverse("pairings:round", args=["zhejiang-2017"])).status_code == 200
    assert officer.get(reverse("pairings:dashboard"), {"round": "zhejiang-2017"}).status_code == 200
    assert officer.get(reverse("pairings:dashboard"), {"round": "nirgends"}).status_code == 404
    assert officer.get(reverse("pairings:dashboard"), {"as_of": "1999-01-01"}).status_code == 422


def test_flows_on_the_map(officer):
    url = reverse("pairings:dashboard")
    page = officer.get(url, {"city": "杭州市"})
    assert len(page.context["view"].flows) == 16
    key = Hospital.objects.get(name="浙江大学医学院附属第二医院").key
    assert len(officer.get(url, {"supporter": key}).context["view"].flows) == 4
    assert officer.get(url, {"city": "南京市"}).status_code == 400


# ---------------------------------------------------------------- import wizard


def test_wizard_from_upload_to_commit(officer, trial):
    upload = SimpleUploadedFile("附表.csv", CITY.encode("gb18030"))
    answer = officer.post(reverse("pairings:import"), {"round": "trial", "file": upload})
    batch = AnnexBatch.objects.get()
    url = reverse("pairings:batch", args=[batch.pk])
    assert answer["Location"] == url
    assert "hx-trigger" in officer.get(url).content.decode()
    progress = reverse("pairings:batch_progress", args=[batch.pk])
    assert officer.get(progress).status_code == 200
    imports.read_batch(batch_id=batch.pk)
    assert officer.get(progress)["HX-Redirect"] == url
    preview = officer.get(url).content.decode()
    assert "桐庐县第二人民医陰" in preview
    assert "支援数" in preview or "running" in preview

    def post(act: str, **data: object) -> int:
        version = AnnexBatch.objects.get(pk=batch.pk).version
        return officer.post(
            reverse(f"pairings:batch_{act}", args=[batch.pk]), {"version": version, **data}
        ).status_code

    assert post("commit") == 422
    assert post("repair", repair="2:running_number_out_of_step") == 302
    assert post("repair", repair="2:running_number_out_of_step") == 422
    row = reverse("pairings:batch_row", args=[batch.pk, 2])
    assert "把握" in officer.get(row).content.decode()
    assert post("choose", position=2, side="recipient", name="没有的医院") == 422
    assert post("choose", position=2, side="recipient", name="桐庐县第二人民医院", alias="typo") == 302
    assert post("edit", position=2, column="start", value="gestern") == 422
    assert post("edit", position=2, column="departments", value="骨科") == 302
    assert post("drop", position=1) == 302
    assert post("restore", position=1) == 302
    assert post("recheck") == 302
    assert officer.get(reverse("pairings:batch_row", args=[batch.pk, 9])).status_code == 404
    assert post("commit") == 302
    assert Pairing.objects.filter(round=trial).count() == 2
    assert Job.objects.filter(task__endswith="audit_round_again").exists()
    assert officer.get(url).status_code == 200
    assert post("revoke", reason="") == 422
    assert post("revoke", reason="试传") == 302
    assert not Pairing.objects.filter(round=trial).exists()


def test_wizard_refuses(officer, trial):
    assert officer.post(reverse("pairings:import"), {"round": "trial"}).status_code == 422
    empty = SimpleUploadedFile("a.csv", b"")
    assert officer.post(reverse("pairings:import"), {"round": "trial", "file": empty}).status_code == 422
    assert not AnnexBatch.objects.exists()


def test_refused_file_says_what_to_do(officer, trial):
    upload = SimpleUploadedFile("附件.pdf", b"%PDF-1.7")
    officer.post(reverse("pairings:import"), {"round": "trial", "file": upload})
    batch = AnnexBatch.objects.get()
    imports.read_batch(batch_id=batch.pk)
    page = officer.get(reverse("pairings:batch", args=[batch.pk])).content.decode()
    assert "应为" in page
    assert officer.get(reverse("pairings:batch_issues", args=[batch.pk])).status_code == 200
    version = AnnexBatch.objects.get().version
    withdraw = reverse("pairings:batch_withdraw", args=[batch.pk])
    assert officer.post(withdraw, {"version": version}).status_code == 302


def test_template_can_be_filled_in_and_read(officer, trial):
    book = openpyxl.load_workbook(io.BytesIO(officer.get(reverse("pairings:template")).content))
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[1]]
    line = {"附件": "2", "支援医院": "杭州市第一人民医院", "受援医院": "富阳市第二人民医院", "支援数": 1}
    for column, name in enumerate(head, start=1):
        sheet.cell(2, column).value = line.get(name, "杭州市" if name == "地区" else None)
    file = io.BytesIO()
    book.save(file)
    upload = SimpleUploadedFile("填写.xlsx", file.getvalue())
    officer.post(reverse("pairings:import"), {"round": "trial", "file": upload})
    batch = imports.read_batch(batch_id=AnnexBatch.objects.get().pk)
    assert batch.state == "preview"
    assert [row.recipient.name for row in batch.rows.all()] == [
        "杭州市富阳市第二人民医院"
    ] or batch.rows.count() == 1


def test_names_for_review_from_the_wizard(officer, trial):
    upload = SimpleUploadedFile("附表.csv", CITY.encode())
    officer.post(reverse("pairings:import"), {"round": "trial", "file": upload})
    batch = imports.read_batch(batch_id=AnnexBatch.objects.get().pk)
    assert officer.post(reverse("pairings:batch_ask", args=[batch.pk])).status_code == 302


# ---------------------------------------------------------------- register moves


def test_a_hospital_that_gets_another_keeper_takes_its_pairings_along(actor):
    from duikou.wings.pairings.receivers import follow_hospital

    row = pairing("杭州市第一人民医院", "淳安县中医院")
    moved = OrgUnit.objects.get(name="宁波市").path + "9999999"
    old = row.recipient.scope_path
    follow_hospital(Hospital, row.recipient, old, moved)
    row.refresh_from_db()
    assert row.recipient_path == moved
    doubled = finding("PAIR-05", "淳安县中医院")
    assert moved in doubled.scope_paths()
    assert old not in doubled.scope_paths()


# ---------------------------------------------------------------- what no page may stumble over


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("list/?county=%00", 400),
        ("list/?supporter=" + "x" * 200, 400),
        ("list/?q=%00", 400),
        ("list/?page=0", 400),
        ("?round=%00", 400),
        ("?city=%00", 400),
        ("?as_of=2014-13-01", 400),
        ("cities/%00/", 400),
        ("counties/abc/", 404),
        ("counties/999999/", 404),
        ("rounds/nirgends/", 404),
        ("rounds/zhejiang-2014/audits/99/", 404),
        ("findings/?city=%27", 400),
        ("import/999/", 404),
        ("hospitals/999999/panel/", 404),
        ("hospitals/1/panel/?as_of=x", 400),
    ],
)
def test_strange_addresses(officer, address, status):
    assert officer.get(reverse("pairings:dashboard") + address).status_code == status


def test_control_characters_in_a_cell(officer, trial):
    upload = SimpleUploadedFile("附\x00表.csv", CITY.encode())
    officer.post(reverse("pairings:import"), {"round": "trial", "file": upload})
    batch = imports.read_batch(batch_id=AnnexBatch.objects.get().pk)
    data = {"version": batch.version, "position": 2, "column": "reason", "value": "a\x00b"}
    assert officer.post(reverse("pairings:batch_edit", args=[batch.pk]), data).status_code == 422
