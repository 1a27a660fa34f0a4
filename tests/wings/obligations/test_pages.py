"""The pages of the ledger: lists and filters, one obligation, calendar and feed, progress, deputies."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from pytest_django import Settings

from duikou.core.models import User
from duikou.policy.agreements import Period
from duikou.wings.obligations.actions import attach, judge, state
from duikou.wings.obligations.actions.reminders import remind
from duikou.wings.obligations.models import Evidence, Obligation, TargetProposal
from duikou.wings.obligations.standing import Says
from duikou.wings.pairings.models import Pairing
from tests.wings.obligations.conftest import HOLDER, RECIPIENT, START, SUPPORTER, duty, send


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> None:
    """Each test has a folder of its own for files."""
    settings.DOCUMENTS = tmp_path / "documents"


@pytest.fixture
def sign_in(account: Callable[..., Any]) -> Callable[..., Client]:
    """A browser of somebody with one role."""

    def make(role: str, org: str) -> Client:
        user = account(role, org, f"{role}-{org}")
        client = Client()
        client.force_login(user)
        client.user = user  # type: ignore[attr-defined]
        return client

    return make


@pytest.fixture
def giver_page(sign_in: Callable[..., Client]) -> Client:
    return sign_in("hospital_liaison", SUPPORTER)


@pytest.fixture
def taker_page(sign_in: Callable[..., Client]) -> Client:
    return sign_in("hospital_president", RECIPIENT)


@pytest.fixture
def office(sign_in: Callable[..., Client]) -> Client:
    return sign_in("provincial_officer", "浙江省")


def page(client: Client, name: str, *parts: Any, **query: str) -> str:
    answer = client.get(reverse(name, args=parts), query)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def count(client: Client, **query: str) -> int:
    """How many rows the list says it has."""
    answer = client.get(reverse("obligations:list"), query)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return int(answer.context["listing"].count)


# ---------------------------------------------------------------- the list


def test_the_list_shows_what_is_due_first(
    obligation: Obligation, pairing: Pairing, giver_page: Client
) -> None:
    send(duty("term", Period.TERM, text="建成远程会诊"), duty(), pairing=pairing)
    text = page(giver_page, "obligations:list")
    assert text.index("派驻副主任医师以上人员") < text.index("建成远程会诊")
    assert "逾期" in text
    assert "待确认" in text  # the target is our reading


FILTERS: list[tuple[dict[str, str], int]] = [
    ({}, 5),
    ({"q": "派驻"}, 3),
    ({"q": "posting in"}, 3),
    ({"q": "附件3"}, 5),
    ({"q": "没有这样的"}, 0),
    ({"hospital": "安吉"}, 5),
    ({"hospital": "海宁"}, 0),
    ({"owner": "recipient"}, 1),
    ({"owner": "supporter"}, 4),
    ({"stage": "delivered"}, 1),
    ({"stage": "promised"}, 4),
    ({"rule": "AGR-09"}, 5),
    ({"department": "general_surgery"}, 1),
    ({"overdue": "yes"}, 3),
    ({"overdue": "no"}, 2),
    ({"disputed": "yes"}, 0),
    ({"disputed": "no"}, 5),
    ({"due_from": "2016-01-01"}, 3),
    ({"due_to": "2015-02-14"}, 1),
    ({"closed": "yes"}, 1),
    ({"closed": "no"}, 5),
    ({"waits": "overdue"}, 2),
    ({"waits": "due"}, 0),
    ({"waits": "verify"}, 0),
]


@pytest.fixture
def several(pairing: Pairing, giver: Any) -> None:
    """Five obligations in force and one that is closed."""
    from duikou.engines.clauses.model import Party

    send(
        duty(),
        duty("standing", None, text="不得无故终止", department="general_surgery"),
        duty("living", Period.TERM, text="提供食宿", owner=Party.RECIPIENT),
        duty("gone", Period.TERM, text="作废条款"),
        pairing=pairing,
    )
    gone = Obligation.objects.get(key="gone")
    Obligation.objects.filter(pk=gone.pk).update(closed_on=START, closed_reason="补充协议")
    first = Obligation.objects.get(key="posting", number=1)
    state(actor=giver, obligation=first, version=1, says=Says.DELIVERED, note="已派驻")


@pytest.mark.parametrize(("query", "expected"), FILTERS, ids=[str(q) for q, _n in FILTERS])
def test_filters(several: None, giver_page: Client, query: dict[str, str], expected: int) -> None:
    assert count(giver_page, **query) == expected


def test_what_waits_for_the_other_side_and_above(several: None, taker_page: Client, office: Client) -> None:
    assert count(taker_page, waits="verify") == 1
    assert count(taker_page, waits="overdue") == 1  # its own
    assert count(office, waits="escalated") == 0
    remind()
    assert count(office, waits="escalated") == 3
    home = office.get(reverse("home")).content.decode()
    assert "项逾期责任已提请您处理" in home
    assert "项对方已履行的责任待您核实" in taker_page.get(reverse("home")).content.decode()


@pytest.mark.parametrize(
    "query",
    [{"stage": "x"}, {"due_from": "2014"}, {"overdue": "maybe"}, {"pairing": "x"}, {"pairing": "999999"},
     {"waits": "x"}, {"sort": "title"}, {"rule": "PAIR-01"}],
)  # fmt: skip
def test_odd_addresses_are_told(several: None, giver_page: Client, query: dict[str, str]) -> None:
    answer = giver_page.get(reverse("obligations:list"), query)
    assert answer.status_code in (200, 400, 404)
    assert answer.status_code != 200 or query == {"pairing": "x"}


@pytest.mark.parametrize("sort", ["due", "-due", "stage", "owner", "rule", "pair", "-pair"])
def test_sorting(several: None, giver_page: Client, sort: str) -> None:
    assert count(giver_page, sort=sort) == 5


def test_the_workbook(several: None, office: Client) -> None:
    answer = office.get(reverse("obligations:list"), {"export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 1 + 5
    assert "支援方说法" in rows[0]
    assert any("已履行" in str(cell) for row in rows[1:] for cell in row)


def fill(pairing: Pairing, number: int) -> None:
    send(*(duty(f"d{n}", Period.MONTH) for n in range(number)), pairing=pairing)


def queries_of(client: Client, name: str, **query: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        page(client, name, **query)
    return len(caught)


@pytest.mark.parametrize("name", ["list", "progress", "calendar", "reminders"])
def test_queries_do_not_grow_with_the_ledger(pairing: Pairing, office: Client, name: str) -> None:
    """36 obligations, then more than a thousand: the same number of queries."""
    query = {"month": "2014-03"} if name == "calendar" else {}
    fill(pairing, 1)
    few = queries_of(office, f"obligations:{name}", **query)
    fill(pairing, 28)
    assert Obligation.objects.count() > 1000
    assert queries_of(office, f"obligations:{name}", **query) == few <= 18


def test_queries_of_one_obligation_do_not_grow(
    pairing: Pairing, giver: Any, taker: Any, giver_page: Client, django_assert_max_num_queries: Any
) -> None:
    send(duty(period=Period.MONTH), pairing=pairing)
    one = Obligation.objects.get(number=1)

    def measured() -> int:
        with CaptureQueriesContext(connection) as caught:
            page(giver_page, "obligations:detail", one.pk)
        return len(caught)

    for _n in range(2):
        attach(actor=giver, obligation=one, kind="posting", on=START, note="x")
    few = measured()
    for _n in range(20):
        row = attach(actor=giver, obligation=one, kind="posting", on=START, note="x")
        judge(actor=taker, evidence=row, version=1, verdict="accepted")
    assert measured() == few <= 30


# ---------------------------------------------------------------- one obligation


def post(client: Client, name: str, *parts: Any, **data: Any) -> Any:
    return client.post(reverse(f"obligations:{name}", args=parts), data)


def test_from_evidence_to_verification(
    obligation: Obligation, giver_page: Client, taker_page: Client, office: Client
) -> None:
    pk = obligation.pk
    text = page(giver_page, "obligations:detail", pk)
    assert "派驻副主任医师以上人员。" in text  # the clause itself
    assert "S1 附件3 §二(一)2" in text
    assert "提交佐证" in text
    assert "提交佐证" not in page(taker_page, "obligations:detail", pk)

    file = SimpleUploadedFile("名单.pdf", b"%PDF-1.4 x")
    answer = post(giver_page, "attach", pk, kind="upload", quantity="2", on="2014-05-05", note="", file=file)
    assert answer.status_code == 302, answer.content.decode()
    row = Evidence.objects.get()
    assert b"".join(giver_page.get(reverse("obligations:file", args=[row.pk]))) == b"%PDF-1.4 x"

    answer = post(
        giver_page, "say", pk, version="2", side="supporter", says="delivered", note="", quantity=""
    )
    assert answer.status_code == 302
    answer = post(taker_page, "judge", row.pk, version="1", verdict="accepted", reason="")
    assert answer.status_code == 302
    obligation.refresh_from_db()
    answer = post(
        taker_page, "say", pk, version=str(obligation.version), side="recipient", says="verified", note=""
    )
    assert answer.status_code == 302
    text = page(office, "obligations:detail", pk)
    assert "已核实" in text
    assert "名单.pdf" in text


def test_a_refused_form_is_shown_again(
    obligation: Obligation, giver_page: Client, taker_page: Client
) -> None:
    pk = obligation.pk
    answer = post(giver_page, "attach", pk, kind="posting", quantity="-1", on="2014-05-05", note="做了")
    assert answer.status_code == 422
    assert "数量不能为负，实际 -1" in answer.content.decode()
    assert "做了" in answer.content.decode()
    answer = post(giver_page, "attach", pk, kind="trainee", quantity="1", note="x")
    assert answer.status_code == 422
    bad = SimpleUploadedFile("a.exe", b"MZ")
    answer = post(giver_page, "attach", pk, kind="upload", note="", file=bad)
    assert (answer.status_code, "按内容判断" in answer.content.decode()) == (422, True)
    answer = post(taker_page, "say", pk, version="1", side="recipient", says="unmet", note="")
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"side": "supporter", "says": "verified", "version": "1"}, 403),
        ({"side": "nobody", "says": "delivered", "version": "1"}, 422),
        ({"side": "recipient", "says": "louder", "version": "1"}, 422),
        ({"side": "recipient", "says": "verified", "version": "1"}, 409),
        ({"side": "recipient", "says": "unmet", "version": "7", "note": "x"}, 409),
        ({"side": "superior", "says": "unmet", "version": "1", "note": "x"}, 403),
        ({"side": "recipient", "says": "unmet", "version": "x", "note": "x"}, 422),
    ],
)
def test_what_a_page_refuses(
    obligation: Obligation, taker_page: Client, data: dict[str, str], status: int
) -> None:
    answer = post(taker_page, "say", obligation.pk, **data)
    assert answer.status_code == status
    obligation.refresh_from_db()
    assert obligation.version == 1


def test_nobody_else_gives_evidence_by_the_page(
    obligation: Obligation, taker_page: Client, sign_in: Callable[..., Client]
) -> None:
    data = {"kind": "posting", "quantity": "1", "note": "x"}
    assert post(taker_page, "attach", obligation.pk, **data).status_code == 403
    stranger = sign_in("hospital_president", "海盐县中医院")
    assert post(stranger, "attach", obligation.pk, **data).status_code == 404
    assert not Evidence.objects.exists()


def test_a_target_is_set_by_pages(pairing: Pairing, giver_page: Client, taker_page: Client) -> None:
    send(duty(target=None), pairing=pairing)
    one = Obligation.objects.get(number=1)
    assert "待双方约定" in page(giver_page, "obligations:detail", one.pk)
    assert post(giver_page, "propose", one.pk, target="0").status_code == 422
    assert post(giver_page, "propose", one.pk, target="3").status_code == 302
    assert "项目标待您答复" in taker_page.get(reverse("home")).content.decode()
    row = TargetProposal.objects.get()
    assert RECIPIENT in page(taker_page, "obligations:targets")
    assert taker_page.get(reverse("obligations:target", args=[row.pk])).status_code == 302
    answer = post(taker_page, "answer", row.pk, version="1", answer="decline", reason="")
    assert answer.status_code == 422
    assert post(taker_page, "answer", row.pk, version="1", answer="agree", reason="").status_code == 302
    assert set(Obligation.objects.values_list("target", flat=True)) == {3}
    assert "双方约定" in page(giver_page, "obligations:detail", one.pk)


def test_a_disagreement_is_shown(obligation: Obligation, giver: Any, taker: Any, office: Client) -> None:
    state(actor=giver, obligation=obligation, version=1, says=Says.DELIVERED, note="已派")
    state(actor=taker, obligation=obligation, version=2, says=Says.UNMET, note="无人到岗")
    text = page(office, "obligations:detail", obligation.pk)
    assert "不作折中" in text
    assert "无人到岗" in text
    assert count(office, disputed="yes") == 1


def test_english(obligation: Obligation, giver_page: Client) -> None:
    for name, parts in (("list", ()), ("detail", (obligation.pk,)), ("calendar", ()), ("progress", ())):
        answer = giver_page.get(reverse(f"obligations:{name}", args=parts), headers={"accept-language": "en"})
        assert answer.status_code == 200
        assert "<h1>" in answer.content.decode()
    assert "posting in English" in answer.content.decode() or name == "progress"


# ---------------------------------------------------------------- calendar


def test_the_month_and_its_days(obligation: Obligation, giver_page: Client) -> None:
    text = page(giver_page, "obligations:calendar", month="2015-02")
    assert "2015-02-14" in text
    assert "派驻副主任医师以上人员" in text
    empty = page(giver_page, "obligations:calendar", month="2013-02")
    assert "最近的期限：2017-02-14" in empty


@pytest.mark.parametrize("month", ["x", "2014-13", "0001-01", "2014-3", "9999-12", "2014-03-01"])
def test_a_month_that_is_none(obligation: Obligation, giver_page: Client, month: str) -> None:
    assert giver_page.get(reverse("obligations:calendar"), {"month": month}).status_code == 400


def test_the_feed(pairing: Pairing, giver_page: Client, office: Client) -> None:
    today = timezone.localdate()
    end = today + dt.timedelta(days=20)
    send(duty(period=Period.ONCE, start=today - dt.timedelta(days=9), end=end), pairing=pairing)
    answer = post(giver_page, "renew_feed")
    assert answer.status_code == 200
    address = answer.context["address"]
    assert address in answer.content.decode()
    assert address not in page(giver_page, "obligations:calendar")  # shown once
    user: User = giver_page.user  # type: ignore[attr-defined]
    assert user.username not in address

    got = Client().get(address)  # nobody is signed in there
    assert (got.status_code, got["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    (event,) = Calendar.from_ical(got.content).walk("VEVENT")
    assert event.decoded("dtstart") == end
    assert "派驻副主任医师以上人员" in str(event["summary"])
    assert f"{SUPPORTER} → {RECIPIENT}" in str(event["description"])

    renewed = post(giver_page, "renew_feed").context["address"]
    assert Client().get(address).status_code == 404
    assert Client().get(renewed).status_code == 200
    post(giver_page, "stop_feed")
    assert Client().get(renewed).status_code == 404
    for wrong in ("x", "%2e%2e", "a" * 300):
        assert Client().get(f"/app/obligations/feed/{wrong}.ics").status_code == 404


# ---------------------------------------------------------------- progress, people


def test_progress_by_rule_and_pairing(several: None, office: Client) -> None:
    text = page(office, "obligations:progress")
    assert f"{SUPPORTER} → {RECIPIENT}" in text
    assert "AGR-09" in text
    listing = office.get(reverse("obligations:progress")).context["listing"]
    (row,) = listing.rows
    assert (row["total"], row["due"], row["delivered"], row["overdue"]) == (5, 4, 1, 3)


def test_progress_of_one_place(several: None, office: Client) -> None:
    from duikou.core.models import OrgUnit

    here, elsewhere = (OrgUnit.objects.get(name=name) for name in ("湖州市", "温州市"))
    for place, expected in ((here, 5), (elsewhere, 0)):
        answer = office.get(reverse("obligations:progress"), {"place": str(place.pk)})
        assert answer.context["whole"].total == expected
    assert office.get(reverse("obligations:progress"), {"place": "x"}).status_code == 400


def test_a_deputy_by_pages(
    obligation: Obligation, sign_in: Callable[..., Client], account: Callable[..., Any]
) -> None:
    boss = sign_in("hospital_president", SUPPORTER)
    helper = account("hospital_liaison", SUPPORTER, "helper")
    form = boss.get(reverse("obligations:delegations")).context["form"]
    (path, _words), *_more = form.fields["path"].choices
    today = timezone.localdate()
    data = {"path": path, "to": str(helper.pk), "start": str(today), "end": str(today), "reason": "外出"}
    assert post(boss, "delegations", **{**data, "end": "2014-01-01"}).status_code == 422
    assert post(boss, "delegations", **{**data, "to": "1"}).status_code == 422
    assert post(boss, "delegations", **data).status_code == 302
    assert post(boss, "delegations", **data).status_code == 422  # the same days twice
    assert "helper" in page(boss, "obligations:delegations") or str(helper) in page(
        boss, "obligations:delegations"
    )
    row = boss.user.delegations_given.get()  # type: ignore[attr-defined]
    assert post(boss, "revoke", row.pk).status_code == 302
    assert "已收回" in page(boss, "obligations:delegations")


def test_reminders_are_listed(obligation: Obligation, office: Client) -> None:
    remind()
    text = page(office, "obligations:reminders")
    assert "提请上级" in text
    assert "OBL-01" in text
    assert "待核实" in text  # the days are our proposal


def test_other_holders_pages_are_linked_only_when_they_are_there(
    obligation: Obligation, giver_page: Client
) -> None:
    Obligation.objects.update(holder="plan:7")
    assert "规划与任务" in page(giver_page, "obligations:detail", obligation.pk)
    Obligation.objects.update(holder=HOLDER)
