"""Workbooks of the dashboards: the same numbers as on screen, unrounded, with their terms."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from duikou.core import exports
from duikou.wings.discharges import months, wording
from duikou.wings.discharges.queries.boards import CountyBoard, ProvinceBoard


def disease_names(codes: tuple[str, ...]) -> str:
    return _("、").join(wording.disease(code) for code in codes)


def county_workbook(board: CountyBoard, needs: list[dict[str, Any]]) -> HttpResponseBase:
    pairs = [*board.rates, board.cmi]
    sheets = [
        exports.Sheet(
            _("指标"),
            (_("指标"), _("数值"), _("单位"), _("分子"), _("分母"), _("病例数"), _("期间")),
            [
                (
                    wording.say(figure.definition.title),
                    wording.reason(row) or (wording.number(figure.definition, row["value"]) if row else None),
                    wording.unit(figure.definition) or "%",
                    row["numerator"] if row else None,
                    row["denominator"] if row else None,
                    row["cases"] if row else None,
                    board.period.words,
                )
                for figure, row in pairs
            ],
        ),
        exports.Sheet(
            _("外转前列病种"),
            (_("位次"), _("病种编码"), _("病种"), _("县外住院"), _("占县外住院（%）"), _("全部住院")),
            [
                (n["rank"], n["code"], n["disease"], n["outside"], n["share_number"], n["cases"])
                for n in needs
            ],
        ),
        exports.Sheet(
            _("对应科室"),
            (_("科室"), _("主要病种"), _("涉及病种")),
            [
                (wording.say(one.specialty.title), disease_names(one.main), disease_names(one.shares))
                for one in board.departments
            ],
            (24, 60, 60),
        ),
    ]
    name = f"duikou-county-{board.county.code}-{months.shown(board.period.last)}"
    return exports.download(name, "xlsx", sheets)


def province_workbook(board: ProvinceBoard) -> HttpResponseBase:
    """Each county with the same numbers as on screen and in the API, unrounded."""
    rate, cmi = board.rate.definition, board.cmi.definition
    counties = exports.Sheet(
        _("各县"),
        (
            _("代码"), _("县（市、区）"), _("市"), _("县域内住院率（%）"), _("县域内住院"), _("全部住院"),
            "CMI", _("入组病例"),
        ),
        [
            (
                one.county.code,
                one.county.label,
                one.county.parent.label if one.county.parent else "",
                wording.reason(one.rate) or (wording.number(rate, one.rate["value"]) if one.rate else None),
                one.rate["numerator"] if one.rate else None,
                one.rate["denominator"] if one.rate else None,
                wording.number(cmi, one.cmi["value"]) if one.cmi else None,
                one.cmi["denominator"] if one.cmi else None,
            )
            for one in board.lines
        ],
    )  # fmt: skip
    needs = exports.Sheet(
        _("外转前列病种"),
        (
            _("代码"), _("县（市、区）"), _("位次"), _("病种编码"), _("病种"), _("县外住院"),
            _("占县外住院（%）"),
        ),
        [
            (
                one.county.code,
                one.county.label,
                row["rank"],
                row["disease"],
                wording.disease(row["disease"]),
                row["numerator"],
                wording.number(board.needs.definition, row["value"]),
            )
            for one in board.lines
            for row in one.needs
        ],
    )  # fmt: skip
    flows = exports.Sheet(
        _("流向"),
        (_("现住县"), _("就诊县"), _("人次"), _("占该县县外住院（%）")),
        [(flow.source, flow.target, flow.cases, 100 * flow.share) for flow in board.flows],
    )
    return exports.download(
        f"duikou-counties-{months.shown(board.period.last)}", "xlsx", [counties, needs, flows, _terms(board)]
    )


def _terms(board: ProvinceBoard) -> exports.Sheet:
    """The definitions behind a workbook's numbers."""
    rows = []
    for figure in (board.rate, board.cmi, board.needs, board.flow_figure):
        definition = figure.definition
        settings = "; ".join(f"{name}={value}" for name, value in figure.settings.items() if value != "")
        if figure.weights:
            settings += f"; {wording.weights(figure)} ({figure.weights.sha256[:12]}…)"
        rows.append(
            (
                definition.id,
                wording.say(definition.title),
                wording.say(definition.formula),
                settings,
                wording.clause(figure),
                figure.basis.version,
            )
        )
    told = wording.no_hospital_told()
    rows.append(("no_hospital", _("没有登记的医院"), told, "", "", board.rate.basis.version))
    headings = (_("标识"), _("指标"), _("公式"), _("参数"), _("条款"), _("存储版本"))
    return exports.Sheet(_("口径"), headings, rows, (22, 22, 60, 60, 20, 10))
