"""Papers to print in tests: the real templates with invented people, and readers of what was printed."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from typing import Any

from duikou.policy import load_pack
from duikou.wings.agreements.documents import (
    AgreementPaper,
    PaperClause,
    PaperParty,
    PlanBook,
    PlanChapter,
    PlanTable,
    agreement_paper,
)

TEMPLATES = load_pack("zhejiang-2014").agreements
RARE = "碶峃於𠮷"
CODE = "7K3M-9QPT-02XA-HB5N"
ADDRESS = f"https://duikou.example/v/{CODE}"
MOMENT = dt.datetime(2014, 2, 1, 8, tzinfo=dt.UTC)


def paper(template: str = "standard", **changes: Any) -> AgreementPaper:
    """An agreement of two invented hospitals with rare characters in their names."""
    given: dict[str, Any] = {
        "supporter": PaperParty("演示市第一医院", "赵演示", "院长"),
        "recipient": PaperParty(f"演示县{RARE}人民医院", "钱演示", "院长"),
        "start": dt.date(2014, 2, 15),
        "end": dt.date(2017, 2, 14),
        "code": CODE,
        "address": ADDRESS,
        "moment": MOMENT,
        "values": {"department": "重症医学科", "supporter_head": "孙演示", "recipient_head": "李演示"},
        "demonstration": True,
        **changes,
    }
    return agreement_paper(TEMPLATES[template], **given)


def added(text: str) -> PaperClause:
    """A clause that the parties add to the supporter's duties."""
    return PaperClause("added-1", "supporter", text, added=True)


def book(**changes: Any) -> PlanBook:
    """A plan book of usual size: six chapters, three years of tasks."""
    rows = tuple(
        (
            str(2014 + place % 3),
            f"任务{place}：加强{RARE}重症医学科建设",
            "1 项",
            "会诊、手术示教、上传的文件",
        )
        for place in range(40)
    )
    tables = (PlanTable(("年度", "任务", "目标", "证据"), rows, (1, 5, 1, 3), "年度任务"),)
    chapters = tuple(
        PlanChapter(f"第{place}部分", ("每年“四个一”。",), tables, (PlanChapter("分解到科室", ("到人。",)),))
        for place in range(6)
    )
    given: dict[str, Any] = {
        "title": "三年对口支援规划",
        "subtitle": f"演示市第一医院 — 演示县{RARE}人民医院",
        "facts": (("期限", "2014年2月15日至2017年2月14日"), ("共同第一责任人", "赵演示、钱演示")),
        "chapters": chapters,
        "code": CODE,
        "address": ADDRESS,
        "moment": MOMENT,
        "signatures": ("甲方院长：", "乙方院长："),
        "demonstration": True,
        **changes,
    }
    return PlanBook(**given)


def streams(pdf: bytes) -> list[bytes]:
    """The unpacked streams of a PDF."""
    found = []
    for start in re.finditer(rb"stream\r?\n", pdf):
        try:
            found.append(zlib.decompressobj().decompress(pdf[start.end() :]))
        except zlib.error:
            continue  # an endstream, or one that is not packed
    return found


def characters(pdf: bytes) -> set[str]:
    """What a reader can copy out of a PDF: the characters that its fonts map their glyphs to."""
    found: set[str] = set()
    for stream in streams(pdf):
        for block in re.findall(rb"beginbfchar(.*?)endbfchar", stream, re.DOTALL):
            for target in re.findall(rb"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]+)>", block):
                found.update(bytes.fromhex(target.decode()).decode("utf-16-be"))
        for block in re.findall(rb"beginbfrange(.*?)endbfrange", stream, re.DOTALL):
            for first, last, target in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
                begin = bytes.fromhex(target.decode()).decode("utf-16-be")
                for step in range(int(last, 16) - int(first, 16) + 1):
                    found.add(chr(ord(begin[-1]) + step))
    return found


def pages(pdf: bytes) -> list[bytes]:
    """The drawing of each page."""
    return [stream for stream in streams(pdf) if b"/Subtype/Footer" in stream]
