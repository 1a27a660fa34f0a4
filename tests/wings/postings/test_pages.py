"""Every page of the wing: shown to whom it is meant for, each act from its form, refusals in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.test import Client
from django.urls import reverse

from duikou.core.models import AuditEvent
from duikou.wings.hospitals.models import Hospital
from duikou.wings.postings import actions, demo
from duikou.wings.postings.models import ConductRecord, Posting, StaffRequest
from tests.wings.posted import FIRST, LAST, account_of
from tests.wings.postings.conftest import APRIL, Scene, user_at

pytestmark = pytest.mark.django_db


def signed_in(user: AbstractBaseUser) -> Client:
    client = Client()
    client.force_login(user)
    return client


def as_role(hospital: Hospital, role: str = "hospital_liaison") -> Client:
    return signed_in(user_at(hospital, role))


def shown(client: Client, name: str, *args: Any, query: str = "", status: int = 200) -> str:
    answer = client.get(reverse(f"postings:{name}", args=args) + query)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


def posted(client: Client, name: str, *args: Any, query: str = "", status: int = 302, **data: Any) -> str:
    answer = client.post(reverse(f"postings:{name}", args=args) + query, data)
    assert answer.status_code == status, (name, answer.status_code, answer.content.decode()[-3000:])
    return answer.content.decode()


def test_the_year_from_form_to_form(scene: Scene) -> None:
    host, head = as_role(scene.recipient), as_role(scene.recipient, "hospital_president")
    sender = as_role(scene.supporter)
    fit, young = scene.person("合适"), scene.person("年轻")
    young.title = "住院医师"
    young.save()
    chosen = f"?pairing={scene.pairing.pk}"
    assert "医师" in shown(host, "ask", query=chosen)
    wish = {"specialty": "cardiology", "title": "主治医师", "people": 1, "months": 6}
    posted(host, "ask", query=chosen, **wish, wanted_from="2014-03-01", purpose="带教")
    request = StaffRequest.objects.get()
    seen = shown(sender, "request", request.pk)
    assert "职称为住院医师" in seen
    assert "S1 附件3 §二(一)2" in seen
    days = {"planned_from": str(FIRST), "planned_to": str(LAST), "specialty": "cardiology"}
    refused = posted(sender, "nominate_for", request.pk, status=422, person=young.pk, **days)
    assert "规则 PER-01，S1 附件3 §二(一)2" in refused
    shown(sender, "nominate_for", request.pk, query=f"?person={fit.pk}")
    posted(sender, "nominate_for", request.pk, person=fit.pk, **days)
    posting = Posting.objects.get()
    assert "待您院答复" in head.get(reverse("home")).content.decode()
    assert posting.person.name in shown(head, "list", query="?waits=approve")
    for name in ("approve", "refuse"):
        shown(head, name, posting.pk)
    posted(head, "approve", posting.pk, host_department="")
    shown(host, "arrive", posting.pk)
    posted(host, "arrive", posting.pk, on="2014-03-03")
    posted(host, "leave", posting.pk, first_day="2014-04-01", last_day="2014-04-05", reason="探亲")
    leave = posting.leaves.get()
    posted(host, "come_back", leave.pk, on="2014-04-04", reason="提前返岗")
    posted(host, "withdraw_leave", leave.pk, reason="误登")
    assert "AGR-13" in posted(host, "end", posting.pk, status=422, on="2014-05-01")
    posted(host, "end", posting.pk, on=str(LAST))
    posted(host, "days", posting.pk, arrived_on="2014-03-02", left_on=str(LAST), reason="误登")
    posted(host, "appraise", posting.pk, year=2014, passed="yes", on=str(LAST), remark="好")
    page = shown(host, "posting", posting.pk)
    assert "更正派驻日期" in page
    assert "合格" in page
    posting.refresh_from_db()
    assert posting.state == "ended"


def test_a_refusal_shows_rule_and_clause(scene: Scene) -> None:
    posting = scene.nominate()
    head, sender = as_role(scene.recipient, "hospital_president"), as_role(scene.supporter)
    posted(head, "refuse", posting.pk, reason="任职年限不足", rule="PER-01")
    page = shown(sender, "posting", posting.pk)
    assert "任职年限不足" in page
    assert "S1 附件3 §二(一)2" in page


def test_requests_and_nominations_are_taken_back(scene: Scene) -> None:
    host, sender = as_role(scene.recipient), as_role(scene.supporter)
    first, second = scene.ask(), scene.ask(months=3)
    posted(host, "withdraw_request", first.pk, reason="不需要了")
    posted(sender, "decline_request", second.pk, reason="没有人")
    posting = scene.nominate()
    posted(sender, "withdraw", posting.pk, reason="改派")
    assert "没有人" in shown(host, "request", second.pk)
    shown(sender, "nominate", query=f"?pairing={scene.pairing.pk}")
    assert "选择结对" in shown(sender, "nominate")
    shown(sender, "nominate", query="?pairing=999999999", status=404)
    shown(sender, "nominate", query="?pairing=x", status=404)


def test_own_pages_show_the_own_rows_alone(scene: Scene) -> None:
    mine, other = scene.on_post(scene.person("甲")), scene.on_post(scene.person("乙"))
    record = actions.report(actor=scene.host, posting=mine, kind="notice", happened_on=APRIL, text="迟到")
    client = signed_in(account_of(mine.person))
    page = shown(client, "mine")
    assert "甲" in page
    assert "乙" not in page
    shown(client, "own", mine.pk)
    shown(client, "own", other.pk, status=404)
    assert "迟到" in shown(client, "own_record", record.pk)
    posted(client, "own_answer", record.pk, side="person", text="堵车")
    for name in ("list", "requests", "coverage", "managers", "conduct"):
        shown(client, name, status=403)


def test_conduct_is_for_the_two_hospitals_and_leaves_a_trace(scene: Scene) -> None:
    posting = scene.on_post()
    host, sender = as_role(scene.recipient), as_role(scene.supporter)
    shown(host, "report", posting.pk)
    posted(host, "report", posting.pk, kind="dispute", happened_on="2014-04-01", text="沟通争议")
    record = ConductRecord.objects.get()
    before = AuditEvent.objects.filter(action="conduct.read").count()
    assert "沟通争议" in shown(sender, "record", record.pk)
    assert AuditEvent.objects.filter(action="conduct.read").count() == before + 1
    assert "沟通争议" not in "".join(str(e.after) + e.target_label for e in AuditEvent.objects.all())
    posted(sender, "acknowledge", record.pk)
    shown(sender, "answer", record.pk)
    posted(sender, "answer", record.pk, side="supporter", text="已沟通")
    shown(host, "settle", record.pk)
    posted(host, "settle", record.pk, on="2014-05-01", outcome="和解")
    assert "和解" in shown(sender, "record", record.pk)
    shown(sender, "settle", record.pk, status=403)
    assert posting.person.name in shown(host, "conduct")
    elsewhere = Hospital.objects.exclude(pk__in=(scene.supporter.pk, scene.recipient.pk)).first()
    assert elsewhere is not None
    stranger = as_role(elsewhere)
    shown(stranger, "record", record.pk, status=404)
    shown(stranger, "posting", posting.pk, status=404)
    assert posting.person.name not in shown(stranger, "conduct")
    assert posting.person.name not in shown(stranger, "list")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_lists_with_demonstration_data(
    scene: Scene, account: Any, language: str, django_assert_max_num_queries: Any
) -> None:
    demo.load(seed=4)
    client = signed_in(account("provincial_officer", "浙江省"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    for name, query in (
        ("list", ""),
        ("list", "?state=refused&sort=person"),
        ("list", "?on=2014-06-01&specialty=cardiology"),
        ("requests", "?state=filled&sort=people"),
        ("managers", "?office=head"),
        ("coverage", "?year=2014"),
        ("coverage", "?year=2014&gap=yes&sort=-people"),
    ):
        with django_assert_max_num_queries(30):
            page = shown(client, name, query=query)
            assert "演示" in page or "emonstration" in page
    for name in ("list", "requests", "managers", "coverage"):
        answer = client.get(reverse(f"postings:{name}") + "?export=xlsx")
        assert answer["Content-Type"].startswith("application/vnd.openxml")
    shown(client, "coverage", query="?year=1900", status=400)
    shown(client, "list", query="?waits=x", status=400)
    shown(client, "conduct", status=403)
