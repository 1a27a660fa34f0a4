"""The import wizard: real files of three kinds, a wrong one, an unknown name, and the same table again."""

from __future__ import annotations

import io
import re

import docx
import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.tools import Opener, axe, count_of, field, press

HEADER = ["地区", "支援医院", "支援数", "受援医院"]
ROWS = [
    ["杭州市", "杭州市第一人民医院", "1", "富阳市第二人民医院"],
    ["", "", "2", "桐庐县第二人民医陰"],  # 陰: nobody's name, but near to one
    ["宁波市", "宁波市第一医院", "1", "宁波市第九医院"],
]
TITLE = "附件2 各市三级医院对口支援关系表"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def as_xlsx(rows: list[list[str]]) -> bytes:
    """A workbook as an office makes it: a title, the supporter's cell merged down."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for line in ([TITLE], [], HEADER, *rows):
        sheet.append([int(cell) if cell.isdigit() else cell or None for cell in line])
    sheet.merge_cells("A4:A5")
    sheet.merge_cells("B4:B5")
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def as_docx(rows: list[list[str]]) -> bytes:
    """A document with one table under its title."""
    document = docx.Document()
    document.add_paragraph(TITLE)
    table = document.add_table(rows=0, cols=len(HEADER))
    for line in (HEADER, *rows):
        for cell, text in zip(table.add_row().cells, line, strict=True):
            cell.text = text
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def as_csv(rows: list[list[str]]) -> bytes:
    """A table as Excel on a Chinese Windows saves it."""
    lines = (",".join(line) for line in ([TITLE, "", "", ""], HEADER, *rows))
    return "\r\n".join(lines).encode("gb18030")


def upload(page: Page, round_key: str, name: str, mime: str, content: bytes) -> None:
    """Upload a table and wait until it has been read."""
    page.goto("/app/pairings/import/")
    field(page, "round").select_option(round_key)
    field(page, "file").set_input_files({"name": name, "mimeType": mime, "buffer": content})
    with page.expect_navigation():
        page.locator("main form[enctype] button").click()
    expect(page.locator("#annex-progress")).to_have_count(0, timeout=30_000)


def tally(page: Page) -> dict[str, int]:
    """The numbers above the preview, by the first words of their label."""
    return {
        tile.locator(".dk-stat-label").inner_text().partition("（")[0].removesuffix("的行"): int(
            re.sub(r"\D", "", tile.locator(".dk-stat-value").inner_text())
        )
        for tile in page.locator(".dk-stat").all()
    }


def test_three_files_into_a_new_round(visit: Opener) -> None:
    page = visit("province")
    page.goto("/app/pairings/rounds/new/")
    press(page, "保存")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    for name, text in {
        "key": "zhejiang-2017", "name": "浙江省2017年轮次", "start": "2017-02-15", "end": "2020-02-14",
        "divisions_on": "2014-01-26",
    }.items():  # fmt: skip
        field(page, name).fill(text)
    field(page, "policy_pack").select_option("zhejiang-2014")
    press(page, "保存")
    expect(page.locator("h1")).to_have_text("浙江省2017年轮次")

    # .xlsx with a name that nobody has: the batch waits
    upload(page, "zhejiang-2017", "附件2.xlsx", XLSX, as_xlsx(ROWS))
    assert (tally(page)["读到"], tally(page)["错误"]) == (3, 1)
    assert axe(page) == []
    expect(page.locator("main").get_by_role("button", name="整批导入")).to_be_disabled()
    batch = page.url
    with page.expect_download() as download:
        page.get_by_role("link", name="下载问题清单").click()
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).worksheets[0]
    assert any("桐庐县第二人民医陰" in str(cell) for line in sheet.values for cell in line)

    page.goto(f"{batch}?state=error")
    assert count_of(page) == 1
    page.get_by_role("link", name="修改", exact=True).click()
    expect(page.locator("h1")).to_have_text("第 2 行")
    assert axe(page) == []
    card = page.locator(".dk-card").filter(has=page.get_by_role("heading", name="受援医院", exact=True))
    card.get_by_role("radio", name=re.compile("^桐庐县第二人民医院")).check()
    card.locator("select[name=alias]").select_option("typo")
    with page.expect_navigation():
        card.get_by_role("button", name="选定").click()
    page.goto(batch)
    assert tally(page)["错误"] == 0
    press(page, "整批导入")
    assert tally(page)["新增结对"] == 3
    page.goto("/app/pairings/list/?round=zhejiang-2017")
    assert count_of(page) == 3
    expect(page.locator("main")).to_contain_text("桐庐县第二人民医陰")  # what was printed stays

    # the same table as .docx: the name is known now, and nothing is doubled
    upload(page, "zhejiang-2017", "附件2.docx", DOCX, as_docx(ROWS))
    assert (tally(page)["错误"], tally(page)["已有结对"]) == (0, 3)
    press(page, "整批导入")
    assert (tally(page)["新增结对"], tally(page)["已有结对"]) == (0, 3)

    # .csv in GB 18030 with one row more
    more = [*ROWS, ["", "", "2", "宁海县中医院"]]
    upload(page, "zhejiang-2017", "附件2.csv", "text/csv", as_csv(more))
    expect(page.locator(".dk-lead")).to_contain_text(re.compile("gb", re.IGNORECASE))
    press(page, "整批导入")
    assert (tally(page)["新增结对"], tally(page)["已有结对"]) == (1, 3)

    # taken back with a reason
    page.get_by_role("button", name="撤销导入").click()
    dialog = page.get_by_role("dialog", name="撤销已导入的批次？")
    dialog.get_by_label("理由").fill("误传")
    dialog.get_by_role("button", name="撤销", exact=True).click()
    expect(page.locator(".dk-lead")).to_contain_text("已撤回")
    page.goto("/app/pairings/list/?round=zhejiang-2017")
    assert count_of(page) == 3


def test_an_unknown_name_goes_to_the_review_queue_and_comes_back(visit: Opener, own_round: str) -> None:
    page = visit("province")
    upload(
        page, own_round, "补充.csv", "text/csv", as_csv([["杭州市", "杭州市第一人民医院", "5", "天外天医院"]])
    )
    batch = page.url
    press(page, "把未定名称提交裁定")
    page.goto("/app/hospitals/reviews/")
    page.get_by_role("link", name="天外天医院").click()
    expect(page.locator("h1")).to_contain_text("天外天医院")
    page.get_by_label("候选里没有？按名称检索").fill("龙泉市人民医院")
    press(page, "检索")
    assert axe(page) == []
    page.get_by_role("radio", name=re.compile("龙泉市人民医院")).check()
    field(page, "remember_as").select_option(index=1)
    field(page, "reason").first.fill("电话核实")
    press(page, "匹配")
    page.goto(batch)
    press(page, "重新对应名称")
    assert tally(page)["错误"] == 0
    expect(page.locator("main")).to_contain_text("龙泉市人民医院")
    page.get_by_role("button", name="撤回批次").click()
    page.get_by_role("dialog", name="撤回这个批次？").get_by_role("button", name="撤回", exact=True).click()
    expect(page.locator(".dk-lead")).to_contain_text("已撤回")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_wrong_file_is_refused_and_says_what_to_do(visit: Opener, own_round: str, language: str) -> None:
    page = visit("province", language=language)
    upload(page, own_round, "附件.pdf", "application/pdf", b"%PDF-1.7 no table")
    alert = page.locator(".dk-alert-danger")
    expect(alert).to_contain_text("文件无法读取" if language == "zh-hans" else "cannot be read")
    expect(alert).to_contain_text("xlsx")
    expect(alert).to_contain_text("PDF")
    assert axe(page) == []

    page.goto("/app/pairings/import/")
    with page.expect_navigation():
        page.locator("main form[enctype] button").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
