"""The pages and the interface: a phone's day, the host's week, corrections, refusals, who sees what."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from duikou.core.models import User
from duikou.core.scope import Actor, actor_for
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.postings.models import Posting
from duikou.wings.presence import actions
from duikou.wings.presence.models import Consent, Correction, Proof, Work, WorkDay
from tests.wings.posted import account_of, posting_of
from tests.wings.presence.conftest import Phone

pytestmark = pytest.mark.django_db
UserAt = Callable[[Hospital, str], User]
WEEK = "?week=2014-03-03"


def client(user: User) -> Client:
    found = Client()
    found.force_login(user)
    return found


def read(browser: Client, name: str, *args: Any, query: str = "") -> str:
    answer = browser.get(reverse(f"presence:{name}", args=args) + query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


@pytest.fixture
def current(pairing: Pairing, posting: Posting, user: User) -> Posting:
    """The posting lasts until some days after today."""
    today = timezone.localdate()
    Posting.objects.filter(pk=posting.pk).update(
        planned_to=today + dt.timedelta(days=30), last_day=today + dt.timedelta(days=30)
    )
    posting.refresh_from_db()
    return posting


def test_a_day_on_the_phone_without_script(current: Posting, user: User) -> None:
    phone = client(user)
    html = read(phone, "today")
    assert current.recipient.name in html
    assert 'data-consent="no"' in html
    headers = phone.get(reverse("presence:today")).headers
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert "geolocation=()" in phone.get(reverse("presence:mine")).headers["Permissions-Policy"]
    for kind in ("in", "out"):
        assert phone.post(reverse("presence:check"), {"kind": kind}).status_code == 302
    today = timezone.localdate()
    sent = {"day": today.isoformat(), "count-outpatient": "25", "count-lecture": "", "count-ward_round": "1"}
    assert phone.post(reverse("presence:report"), sent).status_code == 302
    day = WorkDay.objects.get()
    assert (day.day, day.present, day.place) == (today, True, "unknown")
    assert dict(Work.objects.values_list("activity", "count")) == {"outpatient": 25, "ward_round": 1}
    proof = SimpleUploadedFile("签到表.pdf", b"%PDF-1.7 names")
    phone.post(
        reverse("presence:add-proof"), {"day": today.isoformat(), "activity": "lecture", "file": proof}
    )
    kept = Proof.objects.get()
    assert "签到表.pdf" in read(phone, "today")
    assert phone.get(reverse("presence:my-proof", args=[kept.pk])).content == b"%PDF-1.7 names"
    mine = read(phone, "mine")
    assert "门急诊接诊" in mine
    assert phone.get(reverse("presence:mine") + "?export=xlsx").status_code == 200


@pytest.mark.parametrize(
    ("name", "sent", "status", "words"),
    [
        ("check", {"kind": "lunch"}, 422, "无法识别"),
        ("report", {"day": "2014-3-3"}, 400, "日期"),
        ("report", {"day": "2014-03-03"}, 409, "没有填写数量"),
        ("report", {"day": "2014-03-03", "count-lecture": "-1"}, 422, "-1"),
        ("report", {"day": "2014-03-03", "count-lecture": "99"}, 422, "0 到 20"),
        ("report", {"day": "2013-03-03", "count-lecture": "1"}, 422, "没有在岗的派驻"),
        ("add-proof", {"day": "2014-03-03", "activity": "lecture"}, 422, "选择要上传的文件"),
    ],
)
def test_bad_forms_of_the_phone(
    current: Posting, user: User, name: str, sent: dict[str, str], status: int, words: str
) -> None:
    answer = client(user).post(reverse(f"presence:{name}"), sent)
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert not Work.objects.exists()


def test_a_proof_of_a_wrong_kind_and_of_an_unknown_activity(current: Posting, user: User) -> None:
    phone = client(user)
    for activity, content in (("lecture", b"MZ program"), ("singing", b"%PDF-1.7")):
        file = SimpleUploadedFile("x.pdf", content)
        sent = {"day": "2014-03-03", "activity": activity, "file": file}
        assert phone.post(reverse("presence:add-proof"), sent).status_code == 422
    assert not Proof.objects.exists()


def test_without_a_posting_the_page_says_so(user_at: UserAt, pairing: Pairing) -> None:
    assert "没有在岗的派驻" in read(client(user_at(pairing.recipient, "medical_staff")), "today")


def test_the_worker_is_open_and_holds_nothing(client: Client) -> None:
    answer = client.get(reverse("presence:worker"))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")


def test_consent_is_given_to_a_version_and_taken_back(current: Posting, user: User) -> None:
    phone = client(user)
    assert "位置本身不离开手机" in read(phone, "consent")
    assert phone.post(reverse("presence:consent"), {"version": "0"}).status_code == 409
    assert phone.post(reverse("presence:consent"), {"version": "1"}).status_code == 302
    assert phone.post(reverse("presence:consent"), {"version": "1"}).status_code == 302  # twice is once
    given = Consent.objects.get()
    assert (given.text_version, given.withdrawn_at) == ("1", None)
    assert 'data-consent="yes"' in read(phone, "today")
    assert phone.post(reverse("presence:consent"), {"withdraw": "yes"}).status_code == 302
    assert 'data-consent="no"' in read(phone, "today")
    assert phone.post(reverse("presence:consent"), {"withdraw": "yes"}).status_code == 409


def test_the_host_looks_at_a_week_corrects_and_confirms(
    phone: Phone, pairing: Pairing, posting: Posting, user_at: UserAt
) -> None:
    phone.tap("in", "2014-03-03 07:55", "far")
    phone.report("2014-03-03", "2014-03-03 17:10", outpatient=31, lecture=1)
    phone.send("2014-03-05 09:00")
    desk = client(user_at(pairing.recipient, "hospital_liaison"))
    assert "名派驻人员的考勤与工作量待确认" in desk.get(reverse("home")).content.decode()
    assert "1 天地点待核定" in read(desk, "list", query=WEEK)
    html = read(desk, "week", posting.pk, query=WEEK)
    for words in ("门急诊接诊", "较远，待核定", "03-05 09:00:00"):
        assert words in html
    confirm = reverse("presence:confirm", args=[posting.pk])
    refused = desk.post(confirm, {"monday": "2014-03-03"})
    assert refused.status_code == 409
    assert "请先逐日更正" in refused.content.decode()
    correct = reverse("presence:correct", args=[posting.pk, "2014-03-03"])
    assert "目前：在岗" in read(desk, "correct", posting.pk, "2014-03-03")
    for sent, status in (
        ({"present": "yes", "version": "1"}, 422),  # no reason
        ({"present": "yes", "version": "9", "reason": "巡回医疗"}, 409),
        ({"present": "yes", "version": "1", "reason": "巡回医疗"}, 302),
        ({"activity": "lecture", "count": "99", "seen": "lecture:1", "reason": "误填"}, 422),
        ({"activity": "lecture", "count": "2", "seen": "lecture:x", "reason": "误填"}, 409),
        ({"activity": "lecture", "count": "2", "seen": "lecture:1,outpatient:1", "reason": "误填"}, 302),
    ):
        assert desk.post(correct, sent).status_code == status, sent
    assert desk.post(confirm, {"monday": "2014-03-03", "remark": "属实"}).status_code == 302
    html = read(desk, "week", posting.pk, query=WEEK)
    for words in ("属实", "巡回医疗", "误填", "1 → 2"):
        assert words in html
    assert desk.post(confirm, {"monday": "2014-03-03"}).status_code == 409  # nothing waits any more
    own = read(client(User.objects.get(pk=posting.person.user_id)), "mine")
    assert "巡回医疗" in own  # the person concerned reads the reason
    assert Correction.objects.count() == 2
    assert "31" in read(desk, "work", query="?first=2014-03-01&last=2014-03-31")
    assert desk.get(reverse("presence:work") + "?last=2014-03-31&export=xlsx").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["?week=0001-01-01", "?week=9999-12-31", "?week=tomorrow", "?open=perhaps", "?sort=nothing"],
)
def test_bad_addresses_are_refused_in_words(pairing: Pairing, user_at: UserAt, address: str) -> None:
    desk = client(user_at(pairing.recipient, "hospital_liaison"))
    assert desk.get(reverse("presence:list") + address).status_code == 400


def test_work_needs_a_period_in_order(pairing: Pairing, user_at: UserAt) -> None:
    desk = client(user_at(pairing.recipient, "hospital_liaison"))
    assert desk.get(reverse("presence:work") + "?first=2014-04-01&last=2014-03-01").status_code == 400


def test_only_the_host_confirms_and_nobody_the_own_record(
    phone: Phone, pairing: Pairing, posting: Posting, user: User, user_at: UserAt
) -> None:
    phone.tap("in", "2014-03-03 07:55")
    phone.send("2014-03-03 08:00")
    sender = client(user_at(pairing.supporter, "hospital_liaison"))
    assert "甲" in read(sender, "week", posting.pk, query=WEEK)  # the supporter sees its own people
    sent = {"monday": "2014-03-03"}
    confirm = reverse("presence:confirm", args=[posting.pk])
    assert sender.post(confirm, sent).status_code == 403
    stranger = client(user_at(Pairing.objects.exclude(recipient=pairing.recipient).exclude(
        supporter=pairing.supporter)[0].recipient, "hospital_liaison"))  # fmt: skip
    assert stranger.get(reverse("presence:week", args=[posting.pk])).status_code == 404
    assert stranger.post(confirm, sent).status_code == 404
    assert "甲" not in read(stranger, "list", query=WEEK)
    head = user_at(pairing.recipient, "hospital_liaison")
    posting.person.user = head
    posting.person.save()
    assert client(head).post(confirm, sent).status_code == 403
    assert not WorkDay.objects.filter(confirmation__isnull=False).exists()


def queries_of(browser: Client, address: str) -> int:
    """How many questions a page asks the database."""
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def test_pages_ask_as_often_for_many_as_for_few(
    phone: Phone, pairing: Pairing, posting: Posting, user: User, user_at: UserAt, liaison: Actor
) -> None:
    """One person with one day, then nine persons, a full week, corrections, files, confirmations."""
    mine, desk = client(user), client(User.objects.get(pk=liaison.user_id))
    week = reverse("presence:week", args=[posting.pk]) + WEEK
    pages = {
        reverse("presence:list") + WEEK: desk,
        reverse("presence:work") + "?last=2014-03-31&all=yes": desk,
        reverse("presence:work") + "?last=2014-03-31&export=xlsx": desk,
        week: desk,
        "/api/v1/presence/weeks?day=2014-03-03": desk,
        "/api/v1/presence/work?first=2014-03-01&last=2014-03-31": desk,
        f"/api/v1/postings/{posting.pk}/presence?day=2014-03-03": desk,
        reverse("presence:mine"): mine,
        reverse("presence:today") + "?as_of=2014-03-03": mine,
        "/api/v1/presence/own?first=2014-03-01&last=2014-03-31": mine,
    }

    def fill(one: Phone, days: range) -> None:
        one.queue = []
        for day in days:
            one.tap("in", f"2014-03-{day:02d} 07:55", "near")
            one.report(f"2014-03-{day:02d}", f"2014-03-{day:02d} 17:00", outpatient=20 + day, lecture=1)
            one.tap("out", f"2014-03-{day:02d} 17:30")
        one.send("2014-03-20 09:00")

    def proof(day: int) -> None:
        actions.add_proof(
            actor=phone.actor, day=dt.date(2014, 3, day), activity="lecture", number=uuid.uuid4(),
            filename="a.pdf", content=b"%PDF-1.7",
        )  # fmt: skip

    def decide(day: int) -> None:
        row = WorkDay.objects.get(posting=posting, day=dt.date(2014, 3, day))
        actions.correct_day(
            actor=liaison, posting=posting, day=row.day, present=True, reason="已核实", version=row.version
        )

    fill(phone, range(3, 4))
    proof(3)
    decide(3)
    actions.confirm_week(actor=liaison, posting=posting, monday=dt.date(2014, 3, 3))
    few = {address: queries_of(browser, address) for address, browser in pages.items()}
    for name in "乙丙丁戊己庚辛壬":
        fill(Phone(actor_for(account_of(posting_of(pairing, name).person))), range(3, 8))
    fill(phone, range(3, 10))
    for day in range(4, 9):
        proof(day)
        decide(day)
    actions.confirm_week(actor=liaison, posting=posting, monday=dt.date(2014, 3, 3))
    many = {address: queries_of(browser, address) for address, browser in pages.items()}
    assert many == few
    assert max(few.values()) <= 20, few


def test_the_interface(pairing: Pairing, current: Posting, user: User, user_at: UserAt) -> None:
    phone, desk = client(user), client(user_at(pairing.recipient, "hospital_liaison"))
    now = timezone.now()
    today = timezone.localdate()
    items = [
        {"uuid": str(uuid.uuid4()), "kind": "in", "at": now.isoformat(), "place": "near"},
        {"uuid": str(uuid.uuid4()), "kind": "work", "at": now.isoformat(), "day": today.isoformat(),
         "counts": {"ward_round": 2}},
        {"kind": "in"},
    ]  # fmt: skip
    send = reverse("api:send_presence_items")
    body = {"sent_at": now.isoformat(), "items": items}
    told = phone.post(send, body, content_type="application/json").json()
    assert [one["status"] for one in told["answers"]] == ["taken", "taken", "refused"]
    again = phone.post(send, body, content_type="application/json").json()
    assert [one["status"] for one in again["answers"]] == ["known", "known", "refused"]
    assert desk.post(send, body, content_type="application/json").status_code == 403
    own = phone.get("/api/v1/presence/own", {"first": today, "last": today}).json()
    assert own[0]["work"] == [{"activity": "ward_round", "count": 2, "corrected": False, "confirmed": False}]
    monday = today - dt.timedelta(days=today.weekday())
    base = f"/api/v1/postings/{current.pk}/presence"
    (line,) = desk.get("/api/v1/presence/weeks", {"day": today}).json()
    assert (line["present"], line["waiting"]) == (1, 2)

    def post(path: str, **sent: Any) -> Any:
        return desk.post(base + path, sent, content_type="application/json")

    assert post("/day", day=str(today), present=True, reason="补记", version=5).status_code == 409
    changed = post("/work", day=str(today), activity="ward_round", count=3, reason="更正", version=1)
    assert changed.json()["days"][today.weekday()]["work"] == {"ward_round": 3}
    assert post("/confirm", monday=str(monday)).json()["waiting"] == 0
    assert desk.get(base, {"day": today}).json()["waiting"] == 0
    (row,) = desk.get("/api/v1/presence/work", {"first": monday, "last": today}).json()
    assert (row["days"], row["work"]) == (1, {"ward_round": 3})
    assert phone.get("/api/v1/presence/weeks", {"day": today}).status_code == 403


def test_the_host_cannot_confirm_ahead_or_off_monday(posting: Posting, liaison: Actor) -> None:
    from duikou.core.errors import Invalid
    from duikou.wings.presence.actions import confirm_week, correct_day

    later = timezone.localdate() + dt.timedelta(days=7 - timezone.localdate().weekday())
    for monday in (dt.date(2014, 3, 4), later):
        with pytest.raises(Invalid):
            confirm_week(actor=liaison, posting=posting, monday=monday)
    with pytest.raises(Invalid, match="不在派驻期内"):
        correct_day(actor=liaison, posting=posting, day=dt.date(2014, 2, 28), present=True, reason="x")


def test_a_file_out_of_the_queue_is_kept_once_and_a_wrong_one_answered(
    current: Posting, user: User, user_at: UserAt, pairing: Pairing
) -> None:
    phone = client(user)
    good = {"uuid": str(uuid.uuid4()), "day": timezone.localdate().isoformat(), "activity": "lecture"}

    def send(browser: Client = phone, content: bytes = b"%PDF-1.7 names", **change: str) -> Any:
        file = SimpleUploadedFile("签到表.pdf", content)
        return browser.post(reverse("api:send_presence_proof"), {**good, **change, "file": file})

    for _time in range(2):
        told = send().json()
        assert (told["status"], told["uuid"], told["day"]) == ("taken", good["uuid"], good["day"])
    assert Proof.objects.count() == 1
    for change, words in (
        ({"uuid": "one"}, "编号"),
        ({"day": "2014-3-3"}, "day"),
        ({"day": "2013-03-03"}, "没有在岗的派驻"),
        ({"day": "2099-03-03"}, "还没有到"),
        ({"activity": "singing"}, "singing"),
        ({"activity": "course"}, "另一份文件"),  # the number is taken
    ):
        refused = send(**change).json()
        assert refused["status"] == "refused", change
        assert words in refused["message"]
        assert refused["uuid"] == change.get("uuid", good["uuid"])
    for content in (b"MZ program", b""):
        assert send(content=content, uuid=str(uuid.uuid4())).json()["status"] == "refused"
    assert send(client(user_at(pairing.recipient, "hospital_liaison"))).status_code == 403
    assert Proof.objects.get().posting == current


def test_another_persons_number_is_refused(current: Posting, user: User, pairing: Pairing) -> None:
    other = posting_of(pairing, "乙", planned_to=timezone.localdate() + dt.timedelta(days=30))
    sent = {"uuid": str(uuid.uuid4()), "day": timezone.localdate().isoformat(), "activity": "lecture"}
    answers = []
    for who in (user, account_of(other.person)):
        file = SimpleUploadedFile("a.pdf", b"%PDF-1.7")
        answers.append(client(who).post(reverse("api:send_presence_proof"), {**sent, "file": file}).json())
    assert [one["status"] for one in answers] == ["taken", "refused"]
    assert Proof.objects.get().posting == current
