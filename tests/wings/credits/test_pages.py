"""Pages: lists, a person, issuing, certificates, the own record, the public check."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from duikou.core.models import OrgUnit, User
from duikou.core.scope import Actor
from duikou.wings.credits import actions, papers
from duikou.wings.credits.models import Certificate
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting
from tests.wings.agreements.documents.samples import characters
from tests.wings.credits.conftest import appraised, leave_of
from tests.wings.posted import account_of, posting_of, traineeship_of

pytestmark = pytest.mark.django_db
UserAt = Callable[[Any, str], User]


def client(user: User) -> Client:
    found = Client()
    found.force_login(user)
    return found


@pytest.fixture
def office(user_at: UserAt) -> Client:
    return client(user_at(OrgUnit.objects.get(kind="province", name="浙江省"), "provincial_officer"))


@pytest.fixture
def posting(pairing: Pairing) -> Posting:
    found = posting_of(pairing, "演示甲")
    appraised(found)
    return found


def url(name: str, *parts: object) -> str:
    return reverse(f"credits:{name}", args=parts)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_from_the_first_page_to_a_certificate_that_anybody_can_check(
    office: Client, posting: Posting
) -> None:
    assert "项学分已达标待认定（2014 年）" in text(office.get(reverse("home")))
    listed = text(office.get(url("list")))
    assert "演示甲" in listed
    assert "已达标待认定" in listed
    issue = url("issue-credit", posting.person_id, "posting", 2014)
    assert "184" in text(office.get(issue))
    answer = office.post(issue)
    found = Certificate.objects.get()
    assert answer.headers["Location"] == url("certificate", found.pk)
    assert found.code in text(office.get(answer.headers["Location"]))
    public = Client().get(reverse("portal:verify_code", args=[found.code]))
    shown = text(public)
    for said in ("有效的证明", "演示甲", posting.supporter.name, posting.recipient.name, "2014", "CME-01"):
        assert said in shown
    assert "no-store" in public.headers["Cache-Control"]
    assert office.post(issue).status_code == 409  # a second time


def test_a_refused_one_shows_what_is_missing(office: Client, pairing: Pairing) -> None:
    short = posting_of(pairing, "演示乙", planned_to=dt.date(2014, 4, 1))
    issue = url("issue-credit", short.person_id, "posting", 2014)
    assert "还差" in text(office.get(issue))
    answer = office.post(issue)
    assert answer.status_code == 422
    assert "规则 CME-01" in text(answer)
    assert "还差" in text(office.get(url("person", short.person_id)))


def test_a_year_at_once(office: Client, posting: Posting, pairing: Pairing) -> None:
    appraised(posting_of(pairing, "演示丙"))
    page = url("issue-year", 2014)
    assert text(office.get(page)).count("浙江医院") >= 2
    assert office.post(page).headers["Location"].endswith("?year=2014")
    assert Certificate.objects.count() == 2
    assert "没有待认定的学分" in text(office.get(page))


def test_a_correction_is_seen_and_the_certificate_issued_anew(office: Client, posting: Posting) -> None:
    office.post(url("issue-credit", posting.person_id, "posting", 2014))
    found = Certificate.objects.get()
    leave_of(posting, dt.date(2014, 4, 1), dt.date(2014, 4, 10))
    page = text(office.get(url("certificate", found.pk)))
    assert "与现有数据不一致" in page
    assert "174" in page
    assert "与现有数据不一致" in text(office.get(url("list")))
    assert "与现有数据不一致" in text(office.get(reverse("home")))
    public = text(Client().get(reverse("portal:verify_code", args=[found.code])))
    assert "184" in public
    assert "不一致" not in public  # a difference is no matter of the public
    assert office.post(url("reissue", found.pk), {"reason": " "}).status_code == 422
    answer = office.post(url("reissue", found.pk), {"reason": "补登请假（内部）"})
    assert answer.status_code == 302
    public = text(Client().get(reverse("portal:verify_code", args=[found.code])))
    assert "撤销，不再有效" in public
    assert "补登请假" not in public
    assert "174" in text(office.get(answer.headers["Location"]))


def test_revoked_in_words(office: Client, posting: Posting) -> None:
    office.post(url("issue-credit", posting.person_id, "posting", 2014))
    found = Certificate.objects.get()
    assert office.get(url("revoke", found.pk)).status_code == 200
    office.post(url("revoke", found.pk), {"reason": "误发"})
    assert office.post(url("revoke", found.pk), {"reason": "误发"}).status_code == 409
    assert "误发" in text(office.get(url("certificate", found.pk)))


def test_lists_filter_sort_and_export(office: Client, posting: Posting, pairing: Pairing) -> None:
    traineeship_of(pairing, "演示丁")
    office.post(url("issue-credit", posting.person_id, "posting", 2014))
    for query, there in (
        ("?kind=training", False),
        ("?state=issued", True),
        ("?q=演示甲", True),
        ("?q=浙江医院", True),
        ("?year=2014&sort=-days", True),
    ):
        assert ("演示甲" in text(office.get(url("list") + query))) == there, query
    for query in ("?year=1999", "?state=odd", "?sort=odd"):
        assert office.get(url("list") + query).status_code == 400, query
    certificates = url("certificates")
    for query, there in (("?kind=service", False), ("?year=2014&valid=yes", True), ("?valid=no", False)):
        assert ("演示甲" in text(office.get(certificates + query))) == there, query
    assert office.get(certificates + "?year=20x4").status_code == 400
    for page in (url("list"), certificates):
        book = office.get(page + "?export=xlsx")
        assert b"".join(book.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]


def test_the_service_page_and_its_certificate(office: Client, posting: Posting, pairing: Pairing) -> None:
    page = text(office.get(url("person", posting.person_id)))
    assert "外省做法，仅供对照" in page
    assert "待核实" in page
    issue = url("issue-service", posting.person_id, "PRO-01")
    assert office.post(issue).status_code == 422
    posting_of(
        pairing, "", person=posting.person, planned_from=dt.date(2015, 1, 1), arrived_on=dt.date(2015, 1, 1),
        planned_to=dt.date(2015, 12, 31),
    )  # fmt: skip
    assert office.get(issue).status_code == 200
    answer = office.post(issue)
    assert answer.status_code == 302
    assert "晋升前基层服务证明" in text(office.get(answer.headers["Location"]))
    assert office.post(url("issue-service", posting.person_id, "PRO-02.副主任医师")).status_code == 422
    assert office.get(url("issue-service", posting.person_id, "PRO-99")).status_code == 200
    assert office.get(url("issue-credit", posting.person_id, "odd", 2014)).status_code == 400
    assert office.get(url("issue-credit", posting.person_id, "training", 2014)).status_code == 200


# ---------------------------------------------------------------- paper


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_paper_says_what_was_issued(
    office: Client, officer: Actor, posting: Posting, language: str
) -> None:
    found = actions.issue_credit(actor=officer, person=posting.person, kind="posting", year=2014)
    answer = office.get(url("pdf", found.pk) + f"?language={language}")
    assert answer["Content-Type"] == "application/pdf"
    assert "演示甲" not in answer["Content-Disposition"]
    printed = json.dumps(papers.printed(found, language), ensure_ascii=False)  # type: ignore[arg-type]
    for said in (
        found.code,
        posting.recipient.name,
        "演示甲",
        "184",
        "92",
        "CME-01",
        "S2 §五(三)",
        "县级医院医疗服务能力的通知》" if language == "zh" else "Notice on",
    ):
        assert said in printed, said
    assert set("浙江医院演示甲184CME-01") <= characters(answer.content)
    for mark in (b"/StructTreeRoot", b"pdfuaid:part"):  # for screen readers and the archive
        assert mark in answer.content
    leave_of(posting, dt.date(2014, 4, 1), dt.date(2014, 4, 10))
    assert office.get(url("pdf", found.pk) + f"?language={language}").content == answer.content
    assert office.get(url("pdf", found.pk) + "?language=fr").status_code == 400
    actions.revoke(actor=officer, certificate=found, reason="误")
    assert papers.printed(found)["marks"] == ["已撤销"]
    assert papers.printed(found, "en")["marks"] == ["REVOKED"]


@pytest.mark.parametrize("name", ["碶头於", "大峃镇", "𠮷野家"])
def test_rare_characters_of_names_are_printed(officer: Actor, posting: Posting, name: str) -> None:
    Person.objects.filter(pk=posting.person_id).update(name=name)
    posting.person.refresh_from_db()
    found = actions.issue_credit(actor=officer, person=posting.person, kind="posting", year=2014)
    assert set(name) <= characters(papers.pdf(found))


# ---------------------------------------------------------------- who sees what


def test_medical_staff_see_their_own_and_nothing_else(
    office: Client, posting: Posting, pairing: Pairing
) -> None:
    other = posting_of(pairing, "演示乙")
    appraised(other)
    office.post(url("issue-year", 2014))
    own = client(account_of(posting.person))
    mine, theirs = (Certificate.objects.get(person=one.person_id) for one in (posting, other))
    page = text(own.get(url("mine")))
    assert mine.code in page
    assert "演示乙" not in page
    assert mine.code in text(own.get(url("my-certificate", mine.pk)))
    assert own.get(url("my-pdf", mine.pk)).status_code == 200
    assert own.get(url("my-certificate", theirs.pk)).status_code == 404
    assert own.get(url("my-pdf", theirs.pk)).status_code == 404
    for name, part in (("certificate", mine.pk), ("pdf", mine.pk), ("person", posting.person_id)):
        assert own.get(url(name, part)).status_code == 403
    assert own.get(url("list")).status_code == 403
    nobody = client(account_of(posting_of(pairing, "演示丙").person))
    assert nobody.get(url("my-certificate", mine.pk)).status_code == 404


def test_an_account_without_a_person_is_told_so(user_at: UserAt, pairing: Pairing) -> None:
    answer = client(user_at(pairing.supporter, "medical_staff")).get(url("mine"))
    assert "还没有对应的人员" in text(answer)


def test_another_hospital_sees_nothing(office: Client, posting: Posting, user_at: UserAt) -> None:
    office.post(url("issue-credit", posting.person_id, "posting", 2014))
    found = Certificate.objects.get()
    own = client(user_at(posting.supporter, "hospital_liaison"))
    assert own.get(url("certificate", found.pk)).status_code == 200
    assert "演示甲" in text(own.get(url("list")))
    assert own.post(url("revoke", found.pk), {"reason": "x"}).status_code == 403
    stranger = Hospital.objects.exclude(pk__in=[posting.supporter_id, posting.recipient_id])[0]
    for place in (stranger, posting.recipient):  # a credit is the sending hospital's affair
        there = client(user_at(place, "hospital_liaison"))
        for name, part in (("certificate", found.pk), ("pdf", found.pk), ("person", posting.person_id)):
            assert there.get(url(name, part)).status_code == 404, name
        assert "演示甲" not in text(there.get(url("list")))
        assert "演示甲" not in text(there.get(url("certificates")))


def test_a_code_that_is_none(client: Client) -> None:
    assert client.get(reverse("portal:verify_code", args=["7K3M-9QPT-02XA-HB5N"])).status_code == 404
