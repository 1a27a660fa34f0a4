"""A page that shows every component with invented words, for looking at and for the accessibility tests.

`DUIKOU_HOME=… python -m django runserver --settings=duikou.config.settings` serves it when
ROOT_URLCONF is this module; it is no part of the product.
"""

from __future__ import annotations

import csv
from importlib import resources
from pathlib import Path

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.utils.html import format_html

from duikou.core.errors import Conflict
from duikou.core.listing import ChoiceFilter, Column, DateFilter, FlagFilter, Listing, TextFilter

HERE = Path(__file__).parent

SAMPLE = Listing(
    key="sample",
    title="结对关系",
    default_sort="name",
    columns=(
        Column("name", "医院", head=True, sort=True, href=lambda row: f"?open={row['n']}"),
        Column("city", "市", sort=True),
        Column(
            "state",
            "状态",
            html=lambda row: format_html(
                '<span class="dk-badge dk-badge-{}">{}</span>', row["look"], row["state"]
            ),
        ),
        Column("since", "起始日期", sort=True),
        Column("n", "条数（条）", numeric=True, sort=True),
    ),
    filters=(
        TextFilter("q", "名称", ("name",)),
        ChoiceFilter("city", "市", choices=(("甲市", "甲市"), ("乙市", "乙市"))),
        FlagFilter("open", "未关闭"),
        DateFilter("since", "起始不早于"),
    ),
)
ROWS = [
    {
        "n": n,
        "name": f"示例第{n}人民医院",
        "city": "甲市" if n % 3 else "乙市",
        "state": "已生效" if n % 4 else "待核实",
        "look": "success" if n % 4 else "warning",
        "since": "2014-03-01",
        "open": n % 2 == 0,
    }
    for n in range(1, 143)
]


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="名称", max_length=20, help_text="按公章上的全称填写。")
    kind = forms.ChoiceField(
        label="类别", choices=[("", "请选择"), ("general", "综合医院"), ("tcm", "中医医院")]
    )
    level = forms.ChoiceField(label="级别", widget=forms.RadioSelect, choices=[("3", "三级"), ("2", "二级")])
    since = forms.DateField(label="起始日期", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    note = forms.CharField(label="备注", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    sure = forms.BooleanField(label="我已核对原文")


def _cells() -> list[dict[str, object]]:
    table = resources.files("duikou.wings.places").joinpath("data/tilegrid.csv").read_text("utf-8")
    rows = [row for row in csv.DictReader(table.splitlines()) if row["edition"] == "2014"]
    return [
        {
            "key": row["code"],
            "label": row["name"]
            .removesuffix("自治县")
            .removesuffix("区")
            .removesuffix("县")
            .removesuffix("市"),
            "col": int(row["col"]),
            "row": int(row["row"]),
            "level": None if number % 11 == 0 else number % 5,
            "href": f"?unit={row['code']}",
            "title": f"{row['name']}：受援医院 {number % 5} 家",
            "chosen": number == 40,
        }
        for number, row in enumerate(rows)
    ]


def gallery(request: HttpRequest) -> HttpResponse:
    """All components in the signed-in frame."""
    form = SampleForm(request.POST) if request.method == "POST" else SampleForm()
    cells = _cells()
    context = {
        "listing": SAMPLE.page(request, ROWS),
        "form": form,
        "cells": cells,
        "flows": [
            {"source": cells[3]["key"], "target": c["key"], "title": "甲 → 乙"} for c in cells[30:75:9]
        ],
        "legend": [
            (0, "无受援医院"),
            (1, "1 家"),
            (2, "2 家"),
            (3, "3 家"),
            (4, "4 家及以上"),
            (None, "不计"),
        ],
        "bars": [
            {"label": f"规则 PAIR-0{n}", "value": 31 - 4 * n, "href": f"?rule={n}"} for n in range(1, 6)
        ],
        "labels": [f"{n} 月" for n in range(1, 13)],
        "series": [
            {"name": "发现", "values": [40, 38, 35, 36, 30, None, 28, 24, 20, 18, 15, 12]},
            {"name": "已关闭", "values": [2, 5, 8, 9, 14, 15, 18, 22, 25, 26, 30, 33]},
        ],
        "options": {
            "xAxis": {"type": "category", "data": ["甲市", "乙市", "丙市"]},
            "yAxis": {"type": "value"},
            "series": [{"type": "bar", "data": [12, 7, 5]}],
        },
        "data_date": "2014-03-01",
        "demo_data": True,
    }
    source = (HERE / "gallery.html").read_text("utf-8")
    engine = engines["django"].engine  # type: ignore[attr-defined]
    loader = engine.template_loaders[0].loaders[0]
    template = loader.get_template_from_string(loader.cotton_compiler.process(source))
    from django.template import RequestContext

    return HttpResponse(template.render(RequestContext(request, context)), status=422 if form.errors else 200)


def conflict(request: HttpRequest) -> HttpResponse:
    """A refusal as a page shows it."""
    raise Conflict("这条记录已被 张三 于 2014-03-02 修改。请刷新后重试。")


def defect(request: HttpRequest) -> HttpResponse:
    """A defect of ours."""
    raise RuntimeError("defect")


urlpatterns = [
    path("gallery/", gallery, name="gallery"),
    path("gallery/conflict/", conflict),
    path("gallery/defect/", defect),
    path("", include("duikou.config.urls")),
]
handler400 = "duikou.web.errors.bad_request"
handler403 = "duikou.web.errors.denied"
handler404 = "duikou.web.errors.missing"
handler500 = "duikou.web.errors.broken"
