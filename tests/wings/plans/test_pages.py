"""Pages: what each shows, what a form refuses, a fixed number of queries."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.pairings.models import Pairing
from duikou.wings.plans.actions import plans, steps, tasks
from duikou.wings.plans.models import PlanDepartment, SupportPlan, TaskBatch, TaskShare, YearTask
from tests.wings.plans.conftest import YEAR, Pair, again, agreed, fresh, values

pytestmark = pytest.mark.django_db


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def get(client: Client, name: str, *keys: object, **query: object) -> Any:
    return client.get(reverse(name, args=keys), query or None)


def test_the_pairing_page_shows_plans_persons_and_what_is_missing(
    pair: Pair, support_plan: SupportPlan, year_list: SupportPlan
) -> None:
    client = client_of(pair.recipient)
    text = get(client, "plans:pairing", pair.pairing.pk).content.decode()
    for said in ("甲院长", "乙院长", "任务 urgent_need", "2016 年", "缺", "达到二级甲等", "建设重症医学科"):
        assert said in text, said
    assert "没有列出 2014 年的技术任务" in text


def test_each_page_answers_in_both_languages(
    pair: Pair, support_plan: SupportPlan, running: SupportPlan
) -> None:
    task = YearTask.objects.filter(plan=running)[0]
    client = client_of(pair.recipient)
    for name, keys in (
        ("plans:list", ()),
        ("plans:board", ()),
        ("plans:matrix", ()),
        ("plans:tasks", ()),
        ("plans:pairing", (pair.pairing.pk,)),
        ("plans:gaps", (pair.pairing.pk,)),
        ("plans:plan", (support_plan.pk,)),
        ("plans:plan", (running.pk,)),
        ("plans:departments", (support_plan.pk,)),
        ("plans:task", (task.pk,)),
        ("plans:develop", ()),
    ):
        for language in ("zh-hans", "en"):
            client.cookies["duikou-language"] = language
            assert get(client, name, *keys).status_code == 200, (name, language)


def test_the_plan_page_lists_what_the_next_step_lacks(pair: Pair) -> None:
    plan = plans.open_support_plan(actor=pair.recipient, pairing=pair.pairing)
    text = get(client_of(pair.recipient), "plans:plan", plan.pk).content.decode()
    assert "没有填写规划因素：服务人口" in text
    assert "受援医院没有指定第一责任人" in text


def test_the_life_of_a_list_through_its_pages(pair: Pair) -> None:
    giver, taker = client_of(pair.supporter), client_of(pair.recipient)
    taker.post(reverse("plans:begin", args=[pair.pairing.pk]), {"year": YEAR})
    plan = SupportPlan.objects.get(pairing=pair.pairing, year=YEAR)

    def post(client: Client, name: str, *keys: object, **data: object) -> Any:
        return client.post(reverse(name, args=keys), data)

    post(taker, "plans:edit", plan.pk, version=plan.version, goal="四个一")
    for one in ("urgent_need", "weak_link", "technical_team", "new_service"):
        plan.refresh_from_db()
        answer = post(
            taker, "plans:new_task", plan.pk,
            version=plan.version, title=f"任务 {one}", one=one, baseline="无", target="有", unit="case",
            amount=3, period="once", evidence=["upload", "operation"], owner="supporter", due=f"{YEAR}-11-30",
        )  # fmt: skip
        assert answer.status_code == 302, answer.content.decode()
    plan.refresh_from_db()
    post(taker, "plans:step", plan.pk, "offer", version=plan.version)
    for client, side in ((giver, "supporter"), (taker, "recipient")):
        plan.refresh_from_db()
        post(client, "plans:step", plan.pk, "agree", version=plan.version, side=side)
    plan.refresh_from_db()
    assert (plan.state, plan.edition) == ("agreed", 1)
    for task in plan.tasks.all():
        answer = post(
            giver, "plans:add_share", task.pk,
            **{
                "share-side": "supporter", "share-department": "urology",
                "share-person": pair.supporter_chief.pk, "share-part": "带教",
            },
        )  # fmt: skip
        assert answer.status_code == 302
    share = TaskShare.objects.filter(task__plan=plan)[0]
    post(giver, "plans:confirm_share", share.pk, version=1, note="已在纸质任务书上签名")
    share.refresh_from_db()
    assert share.confirmed_at is not None
    post(giver, "plans:step", plan.pk, "start", version=plan.version)
    task = plan.tasks.order_by("position")[0]
    post(giver, "plans:task_step", task.pk, "report", version=task.version, side="supporter", result="做了")
    task.refresh_from_db()
    text = get(taker, "plans:task", task.pk).content.decode()
    assert "代表受援医院验收" in text
    assert "代表支援医院验收" not in get(giver, "plans:task", task.pk).content.decode()
    post(taker, "plans:task_step", task.pk, "accept", version=task.version, reason="属实")
    assert again(task).state == "accepted"


def test_a_refused_form_keeps_what_was_typed(pair: Pair, year_list: SupportPlan) -> None:
    answer = client_of(pair.recipient).post(
        reverse("plans:new_task", args=[year_list.pk]),
        {
            "version": year_list.version, "title": "又一项急需", "one": "urgent_need", "period": "once",
            "owner": "supporter", "due": f"{YEAR}-11-30",
        },
    )  # fmt: skip
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "每年每类只能一项" in text
    assert "又一项急需" in text


def test_steps_that_are_refused_say_why_and_change_nothing(pair: Pair, year_list: SupportPlan) -> None:
    client = client_of(pair.recipient)
    tasks.remove_task(
        actor=pair.recipient,
        task=(task := YearTask.objects.select_related("plan__pairing").filter(plan=year_list)[0]),
        version=task.version,
    )
    plan = fresh(year_list)
    answer = client.post(
        reverse("plans:step", args=[plan.pk, "offer"]), {"version": plan.version}, follow=True
    )
    assert "“四个一”缺" in answer.content.decode()
    assert fresh(plan).state == "draft"
    answer = client.post(reverse("plans:step", args=[plan.pk, "offer"]), {"version": "x"}, follow=True)
    assert answer.status_code == 200
    assert client.post(reverse("plans:step", args=[plan.pk, "jump"])).status_code == 404
    assert client.post(reverse("plans:task_step", args=[task.pk + 1, "jump"])).status_code == 404


def test_a_draft_can_be_thrown_away_an_agreed_plan_cannot(pair: Pair, year_list: SupportPlan) -> None:
    client = client_of(pair.recipient)
    plan = agreed(pair, year_list)
    steps.revise(actor=pair.recipient, plan=plan, version=plan.version, reason="改")
    plan = fresh(plan)
    answer = client.post(
        reverse("plans:step", args=[plan.pk, "remove"]), {"version": plan.version}, follow=True
    )
    assert "不能删除" in answer.content.decode()
    other = plans.open_year(actor=pair.recipient, pairing=pair.pairing, year=YEAR + 1)
    client.post(reverse("plans:step", args=[other.pk, "remove"]), {"version": other.version})
    assert not SupportPlan.objects.filter(pk=other.pk).exists()


def test_the_board_shows_who_lacks_what(pair: Pair, year_list: SupportPlan, actor: Any) -> None:
    client = client_of(actor("provincial_officer", "浙江省"))
    page = get(client, "plans:board", year=YEAR)
    board = page.context["board"]
    assert board.complete == 1
    assert board.incomplete == len(board.rows) - 1
    assert len(board.rows) == Pairing.objects.values("recipient").distinct().count()
    listed = get(client, "plans:board", year=YEAR, missing="new_service").context["listing"]
    assert listed.count == board.incomplete
    outside = get(client, "plans:board", year=2017).context["board"]  # a fourth calendar year of the term
    assert outside.incomplete == 0
    assert get(client, "plans:board", year="later").status_code == 400
    book = get(client, "plans:board", year=YEAR, export="xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(book.streaming_content))).get_sheet_by_index(0)
    assert any(pair.pairing.recipient.name in row for row in rows.to_python())


@pytest.mark.parametrize("name", ["plans:list", "plans:board", "plans:matrix", "plans:tasks"])
def test_lists_take_a_fixed_number_of_queries(
    pair: Pair, year_list: SupportPlan, actor: Any, name: str
) -> None:
    client = client_of(actor("provincial_officer", "浙江省"))
    get(client, name)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert get(client, name).status_code == 200
        return len(queries)

    before = cost()
    for row in Pairing.objects.exclude(recipient=pair.pairing.recipient)[:10]:
        plan = SupportPlan.objects.create(
            kind="year", pairing=row, recipient=row.recipient, supporter_path=row.supporter_path,
            recipient_path=row.recipient_path, policy_pack="zhejiang-2014", year=YEAR,
            start=f"{YEAR}-01-01", end=f"{YEAR}-12-31",
        )  # fmt: skip
        YearTask.objects.create(
            plan=plan, recipient=row.recipient, year=YEAR, position=1, title="x", one="urgent_need",
            due=f"{YEAR}-12-01",
        )  # fmt: skip
    assert cost() == before


def test_departments_are_adopted_with_what_speaks_for_them(pair: Pair, support_plan: SupportPlan) -> None:
    from duikou.wings.pairings.actions.needs import declare

    declare(
        actor=pair.liaison, hospital=pair.pairing.recipient.key, year=2014, kind="need",
        specialty="pathology", source="填报", amount=3,
    )  # fmt: skip
    client = client_of(pair.recipient)
    text = get(client, "plans:departments", support_plan.pk).content.decode()
    assert "2014 年申报为薄弱科室，权重 3" in text
    assert "没有这个县的病案首页数据" in text
    client.post(
        reverse("plans:departments", args=[support_plan.pk]),
        {"version": support_plan.version, "specialty": ["pathology"]},
    )
    row = PlanDepartment.objects.get(plan=support_plan, specialty="pathology")
    assert row.origin == "declared"
    assert "权重 3" in row.basis["zh"]


def test_the_plan_book_is_a_pdf_of_all_plans(
    pair: Pair, support_plan: SupportPlan, running: SupportPlan
) -> None:
    client = client_of(pair.supporter)
    answer = get(client, "plans:book", pair.pairing.pk)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    client.cookies["duikou-language"] = "en"
    assert get(client, "plans:book", pair.pairing.pk).content.startswith(b"%PDF")
    other = Pairing.objects.filter(supporter=pair.pairing.supporter).exclude(pk=pair.pairing.pk)[0]
    assert get(client, "plans:book", other.pk).status_code == 404  # nothing to print yet
    answer = get(client, "plans:code", support_plan.code.lower())
    assert answer["Location"] == reverse("plans:plan", args=[support_plan.pk])
    assert get(client, "plans:code", "AAAA-AAAA-AAAA-AAAA").status_code == 404


def upload(client: Client, plan: SupportPlan, content: bytes, name: str = "tasks.xlsx") -> Any:
    return client.post(
        reverse("plans:upload", args=[plan.pk]),
        {"version": fresh(plan).version, "file": SimpleUploadedFile(name, content)},
    )


def test_a_list_goes_out_and_comes_in_again(pair: Pair, year_list: SupportPlan) -> None:
    client = client_of(pair.recipient)
    content = get(client, "plans:workbook", year_list.pk).content
    for task in YearTask.objects.filter(plan=year_list):
        task.delete()
    assert upload(client, year_list, content).status_code == 302
    back = YearTask.objects.filter(plan=year_list).order_by("position")
    assert [(task.one, task.amount, task.evidence) for task in back] == [
        (one, 10, ["upload"]) for one in ("urgent_need", "weak_link", "technical_team", "new_service")
    ]
    assert TaskBatch.objects.get(plan=year_list).taken == 4


def test_a_list_in_english_comes_in_again(pair: Pair, year_list: SupportPlan) -> None:
    task = YearTask.objects.filter(plan=year_list)[0]
    task.evidence = ["operation", "upload"]  # one of the names has a comma
    task.save()
    client = client_of(pair.recipient)
    client.cookies["duikou-language"] = "en"
    content = get(client, "plans:workbook", year_list.pk).content
    YearTask.objects.filter(plan=year_list).delete()
    upload(client, year_list, content)
    assert YearTask.objects.filter(plan=year_list)[0].evidence == ["operation", "upload"]


def test_one_wrong_row_and_nothing_comes_in(pair: Pair, year_list: SupportPlan) -> None:
    client = client_of(pair.recipient)
    content = get(client, "plans:workbook", year_list.pk).content  # each of the four ones is there already
    answer = upload(client, year_list, content)
    batch = TaskBatch.objects.get(plan=year_list)
    assert answer["Location"] == reverse("plans:batch", args=[batch.pk])
    assert len(batch.issues) == 4
    assert YearTask.objects.filter(plan=year_list).count() == 4
    text = get(client, "plans:batch", batch.pk).content.decode()
    assert "“四个一”每年每类只能一项" in text
    book = CalamineWorkbook.from_filelike(io.BytesIO(get(client, "plans:issues", batch.pk).content))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][-1] == "问题"
    assert "四个一：应为“四个一”每年每类只能一项" in str(rows[1][-1])
    assert len(book.get_sheet_by_index(1).to_python()) == 5


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "文件"), (b"not a workbook", "Excel"), (b"PK\x03\x04broken", "")],
)
def test_a_file_that_is_no_workbook(pair: Pair, year_list: SupportPlan, content: bytes, said: str) -> None:
    client = client_of(pair.recipient)
    answer = upload(client, year_list, content)
    if answer.status_code == 302:
        answer = client.get(answer["Location"])
    assert said in answer.content.decode()
    assert YearTask.objects.filter(plan=year_list).count() == 4


def test_nothing_is_imported_into_what_was_agreed(pair: Pair, year_list: SupportPlan) -> None:
    client = client_of(pair.recipient)
    plan = agreed(pair, year_list)
    content = get(client, "plans:workbook", plan.pk).content
    assert upload(client, plan, content).status_code == 422
    assert not TaskBatch.objects.exists()


def test_differences_of_editions_are_shown(pair: Pair, running: SupportPlan) -> None:
    steps.revise(actor=pair.supporter, plan=running, version=running.version, reason="设备推迟到货")
    task = YearTask.objects.filter(plan=running).select_related("plan__pairing").order_by("position")[0]
    tasks.edit_task(actor=pair.supporter, task=task, version=task.version, values=values(task.one, amount=8))
    agreed(pair, fresh(running))
    text = get(client_of(pair.recipient), "plans:plan", running.pk).content.decode()
    assert "设备推迟到货" in text
    assert "<del>10</del>" in text
    assert "<ins>8</ins>" in text
