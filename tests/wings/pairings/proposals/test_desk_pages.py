"""The what-if desk's pages: the planner's way through them, what is refused, who sees what."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duikou.wings.pairings.models import Declaration, Proposal, ProposalEdit, Round

pytestmark = pytest.mark.django_db

LOCK = "zj-001|zj-072"  # 浙江医院 → 德清县人民医院: not paired in the plan
KEPT = "zj-001|zj-068"  # 浙江医院 → 安吉县人民医院: kept


@pytest.fixture
def officer(client: Any, account: Any) -> Any:
    """A client signed in as an officer of the provincial office."""
    client.force_login(account("provincial_officer", "浙江省"))
    return client


@pytest.fixture
def made(officer: Any) -> Proposal:
    """A proposal made through the page."""
    answer = officer.post(reverse("pairings:proposal_new"), {"name": "试拟"})
    assert answer.status_code == 302
    return Proposal.objects.get()


def desk(proposal: Proposal, name: str = "proposal", **more: Any) -> str:
    return reverse(f"pairings:{name}", kwargs={"pk": proposal.pk, **more})


def edit(client: Any, proposal: Proposal, htmx: bool = True, **fields: Any) -> Any:
    proposal.refresh_from_db()
    headers = {"HX-Request": "true"} if htmx else {}
    data = {"version": proposal.version, "reason": "推演", **fields}
    return client.post(desk(proposal, "proposal_pairs"), data, headers=headers)


def test_a_new_proposal_is_solved_and_shown_with_its_proof(officer: Any, made: Proposal) -> None:
    text = officer.get(desk(made)).content.decode()
    for words in ("已证明最优", "已独立复核", "56 / 56", "新增 23，取消 35，保留 130", "PAIR-03"):
        assert words in text
    assert "11,034.8 公里" in text


def test_each_part_of_the_desk_shows_what_it_is_for(officer: Any, made: Proposal) -> None:
    def part(name: str, **more: str) -> str:
        return officer.get(desk(made), {"part": name, **more}).content.decode()

    cards = '<li class="dk-deal" '
    assert part("board").count(cards) == 67
    assert 0 < part("board", city="changed").count(cards) < part("board").count(cards)
    assert part("board", city="杭州市").count(cards) > 0
    assert "与现状的 58 处不同" in part("changes")
    assert part("map").count("<svg") >= 2
    assert "<caption" in part("history")
    for wrong in ({"part": "nothing"}, {"part": "board", "city": "没有"}):
        assert officer.get(desk(made), wrong).status_code == 400


def test_a_name_is_demanded(officer: Any) -> None:
    answer = officer.post(reverse("pairings:proposal_new"), {"name": " "})
    assert answer.status_code == 422
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_answers(officer: Any, made: Proposal, language: str) -> None:
    officer.cookies["duikou-language"] = language
    officer.post(desk(made, "proposal_copy"))
    twin = Proposal.objects.exclude(pk=made.pk).get()
    pair = f"{desk(made, 'proposal_pair')}?supporter=zj-001&recipient="
    for url in (
        reverse("pairings:proposals"),
        reverse("pairings:proposal_new"),
        desk(made),
        *(f"{desk(made)}?part={name}" for name in ("board", "changes", "map", "history")),
        f"{desk(made)}?part=board&city=杭州市",
        desk(made, "proposal_settings"),
        desk(made, "proposal_explain"),
        desk(made, "proposal_open"),
        pair + "zj-068",
        pair + "zj-072",
        f"{reverse('pairings:proposal_compare')}?first={made.pk}&second={twin.pk}",
        f"{reverse('pairings:proposal_compare')}?first={made.pk}&second={twin.pk}&all=1",
        reverse("pairings:needs"),
        reverse("pairings:needs_template"),
    ):
        assert officer.get(url).status_code == 200, url


def test_the_desk_asks_a_fixed_number_of_queries(officer: Any, made: Proposal) -> None:
    for part in ("overview", "board", "changes", "map", "history"):
        officer.get(desk(made), {"part": part})  # fills the caches of the process
        with CaptureQueriesContext(connection) as found:
            officer.get(desk(made), {"part": part})
        assert len(found) <= 30, [query["sql"][:90] for query in found]


def test_moving_a_pair_locks_it_there_forbids_it_here_and_shows_the_difference(
    officer: Any, made: Proposal
) -> None:
    answer = edit(officer, made, lock="zj-002|zj-068", forbid=KEPT)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "已重新求解：+" in text
    assert "+ 浙江省人民医院 → 安吉县人民医院" in text
    assert "− 浙江医院 → 安吉县人民医院" in text
    kinds = dict(ProposalEdit.objects.values_list("supporter_key", "kind"))
    assert kinds == {"zj-002": "lock", "zj-001": "forbid"}


def test_undo_puts_the_plan_back(officer: Any, made: Proposal) -> None:
    def plan() -> set[tuple[str, str]]:
        return set(made.pairs.exclude(change="dropped").values_list("supporter_key", "recipient_key"))

    before = plan()
    edit(officer, made, forbid=KEPT)
    assert plan() != before
    edit(officer, made, free=KEPT)
    assert plan() == before
    assert not ProposalEdit.objects.exists()


def test_without_a_script_the_desk_is_shown_again(officer: Any, made: Proposal) -> None:
    answer = edit(officer, made, htmx=False, forbid=KEPT)
    assert (answer.status_code, answer["Location"]) == (302, desk(made))
    assert "已重新求解" in officer.get(desk(made)).content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"lock": LOCK, "reason": ""}, "理由"),
        ({"lock": "zj-001"}, "没有认出这一对"),
        ({"lock": "zj-001|no-such"}, "不在本方案之中"),
        ({"lock": LOCK, "forbid": LOCK}, "不能既指定又禁止"),
        ({"lock": LOCK, "version": "999"}, "刚被他人改动"),
        ({"lock": LOCK, "version": "x"}, "版本号"),
    ],
)
def test_a_refused_edit_says_why_and_changes_nothing(
    officer: Any, made: Proposal, fields: dict[str, str], words: str
) -> None:
    answer = edit(officer, made, **fields) if "version" not in fields else None
    if answer is None:
        data = {"reason": "推演", **fields}
        answer = officer.post(desk(made, "proposal_pairs"), data, headers={"HX-Request": "true"})
    assert words in answer.content.decode()
    assert not ProposalEdit.objects.exists()


def test_contradicting_demands_are_explained_and_a_way_out_taken(officer: Any, made: Proposal) -> None:
    """浙江省口腔医院 may have one recipient at most in all, and is given two."""
    officer.post(desk(made, "proposal_settings"), settings_of(made, ceiling="2"))
    made.refresh_from_db()
    text = edit(officer, made, lock=["zj-001|zj-068", "zj-001|zj-069", "zj-001|zj-072"]).content.decode()
    assert "要求相互矛盾" in text
    assert "照此放宽并重算" in text
    made.refresh_from_db()
    answer = officer.post(
        desk(made, "proposal_relax"), {"version": made.version, "way": "0"}, headers={"HX-Request": "true"}
    )
    assert "要求相互矛盾" not in answer.content.decode()
    assert ProposalEdit.objects.count() == 2


def settings_of(proposal: Proposal, **more: str) -> dict[str, Any]:
    proposal.refresh_from_db()
    return {
        "version": proposal.version,
        "mode": "levels",
        "levels": " ".join(proposal.settings["levels"]),
        "use_months": "on",
        **more,
    }


def test_a_limit_of_changes_is_kept(officer: Any, made: Proposal) -> None:
    officer.post(desk(made, "proposal_settings"), settings_of(made, max_changes="5"))
    text = officer.get(desk(made)).content.decode()
    assert "最多变动 5 对" in text
    assert made.pairs.exclude(change="kept").count() <= 5


def test_the_order_of_goals_is_moved_without_saving(officer: Any, made: Proposal) -> None:
    answer = officer.post(desk(made, "proposal_settings"), settings_of(made, move="travel:up"))
    order = answer.context["form"].order()
    assert order.index("travel") == len(order) - 2
    made.refresh_from_db()
    assert made.settings["levels"][-1] == "travel"


@pytest.mark.parametrize("field", ["max_changes", "max_km", "ceiling"])
def test_settings_that_make_no_sense_are_refused_at_their_field(
    officer: Any, made: Proposal, field: str
) -> None:
    answer = officer.post(desk(made, "proposal_settings"), settings_of(made, **{field: "-1"}))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_hospital_is_closed_and_taken_back(officer: Any, made: Proposal) -> None:
    def act(**fields: str) -> None:
        made.refresh_from_db()
        officer.post(desk(made, "proposal_hospitals"), {"version": made.version, **fields})

    act(act="close", hospital="zj-001", reason="停办")
    assert not made.pairs.exclude(change="dropped").filter(supporter_key="zj-001").exists()
    assert "关闭 浙江医院" in officer.get(desk(made)).content.decode()
    act(act="reopen", hospital="zj-001")
    assert made.pairs.exclude(change="dropped").filter(supporter_key="zj-001").exists()


def test_from_draft_to_the_next_round_without_a_gap(
    officer: Any, client: Any, account: Any, made: Proposal
) -> None:
    def step(name: str, **fields: str) -> str:
        made.refresh_from_db()
        client.post(desk(made, "proposal_step", step_id=name), {"version": made.version, **fields})
        made.refresh_from_db()
        return made.state

    assert step("submit") == "submitted"
    assert step("approve", reason="同意") == "submitted"  # nobody approves what they submitted
    client.force_login(account("provincial_officer", "浙江省"))
    assert "待您批准的方案" in client.get(reverse("home")).content.decode()
    assert step("return") == "submitted"  # without a reason
    assert step("approve", reason="各市来函同意") == "approved"
    page = client.get(desk(made, "proposal_open")).content.decode()
    assert "2017-02-15" in page
    assert "长兴县县级医院（待定）" in page
    answer = client.post(
        desk(made, "proposal_open"),
        {
            "version": made.version,
            "key": "zhejiang-2017",
            "name": "下一轮",
            "hand_over": "2017-02-15",
            "end": "2020-02-14",
        },
        follow=True,
    )
    assert "断档 0 天" in answer.content.decode()
    assert Round.objects.get(key="zhejiang-2017").pairings.count() == 151


def test_a_city_sees_a_draft_of_the_province_not_and_a_submitted_one_in_part(
    officer: Any, client: Any, account: Any, made: Proposal
) -> None:
    city = account("city_officer", "杭州市")
    client.force_login(city)
    assert client.get(desk(made)).status_code == 404
    client.force_login(account("provincial_officer", "浙江省"))
    made.refresh_from_db()
    client.post(desk(made, "proposal_step", step_id="submit"), {"version": made.version})
    client.force_login(city)
    text = client.get(desk(made), {"part": "board"}).content.decode()
    assert "杭州市第一人民医院" in text
    assert "宁波市康宁医院" not in text


def workbook(*rows: list[Any]) -> io.BytesIO:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["医院", "年度", "类别", "专业", "数量", "来源", "依据"], *rows):
        sheet.append(row)
    memory = io.BytesIO()
    book.save(memory)
    memory.seek(0)
    memory.name = "供需.xlsx"
    return memory


def test_a_workbook_of_needs_is_looked_at_and_taken_whole(officer: Any) -> None:
    file = workbook(["安吉县人民医院", 2014, "需要人月", "", 12, "县局来函", ""])
    page = officer.post(reverse("pairings:needs"), {"file": file}, follow=True)
    assert "导入 1 项" in page.content.decode()
    batch = page.context["batch"]
    officer.post(reverse("pairings:needs_commit", args=[batch.pk]), {"version": batch.version})
    assert Declaration.objects.get().amount == 12


def test_a_workbook_with_a_wrong_row_names_line_and_column_and_is_not_taken(officer: Any) -> None:
    file = workbook(
        ["安吉县人民医院", 2014, "需要人月", "", 12, "来函", ""],
        ["没有这家医院", 1800, "别的", "", 1, "", ""],
    )
    page = officer.post(reverse("pairings:needs"), {"file": file}, follow=True)
    text = page.content.decode()
    assert "改正后重新上传" in text
    assert "没有这家医院" in text
    batch = page.context["batch"]
    officer.post(reverse("pairings:needs_commit", args=[batch.pk]), {"version": batch.version})
    assert not Declaration.objects.exists()
