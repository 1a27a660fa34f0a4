"""The policy browser: packs, their rules with clause and mark, catalogues, calendar, open questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duikou.core.errors import Missing
from duikou.core.links import link
from duikou.core.listing import ChoiceFilter, Column, FlagFilter, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.policy import Pack, Rule, available_packs, load_pack
from duikou.policy.model import Clause, Disease, Document
from duikou.policy.vocabulary import Force, Mark
from duikou.web import words
from duikou.web.policy_agreements import agreement_rows
from duikou.web.templatetags.web import badge
from duikou.web.words import say

Row = dict[str, Any]


def _pack(pack_id: str) -> Pack:
    if pack_id not in available_packs():
        raise Missing(
            _("没有政策包“%(found)s”。现有：%(known)s。")
            % {"found": pack_id[:60], "known": "、".join(available_packs())}
        )
    return load_pack(pack_id)


@page("policy.view")
def packs(request: PageRequest) -> HttpResponse:
    """All packs."""
    loaded = [load_pack(pack_id) for pack_id in available_packs()]
    cards = [
        {
            "id": pack.id,
            "title": say(pack.title),
            "description": say(pack.description),
            "validity": words.validity(pack.validity),
            "extends": say(load_pack(pack.extends).title) if pack.extends else "",
            "extends_id": pack.extends,
            "rules": len(pack.rules),
            "open": sum(rule.to_confirm for rule in pack.rules.values()),
            "questions": len(pack.questions),
        }
        for pack in reversed(loaded)
    ]
    context = {"cards": cards, "marks": list(Mark), "forces": [(f.value, say(f.label)) for f in Force]}
    return render(request, "web/pages/policy_packs.html", context)


# --- rules of a pack ----------------------------------------------------------------------------------------


def _rule_row(pack: Pack, rule: Rule) -> Row:
    return {
        "id": rule.id,
        "title": say(rule.title),
        "text": say(rule.text),
        "category": rule.category,
        "category_title": say(pack.categories[rule.category].title),
        "mark": rule.mark.value,
        "mark_title": say(rule.mark.label),
        "force": rule.force.value,
        "force_title": say(rule.force.label),
        "clause": rule.clause,
        "audited": rule.audited,
        "severity": rule.severity.value if rule.severity else "",
        "to_confirm": rule.to_confirm,
        "own": rule.pack == pack.id,
        "validity": words.validity(rule.validity),
        "url": reverse("policy:rule", args=[pack.id, rule.id]),
    }


def _mark_cell(row: Row) -> str:
    if row["to_confirm"] and row["mark"] in (Mark.SEED, Mark.FOUND):
        return format_html("{} {}", badge("mark", row["mark"]), badge("warning", _("参数待核实")))
    return badge("mark", row["mark"])


def _rules(pack: Pack) -> Listing:
    """The list of one pack's rules; its choices are the pack's own."""
    categories = [(c.id, say(c.title)) for c in pack.categories.values() if pack.of_category(c.id)]
    return Listing(
        key="rules",
        title=_("规则"),
        size=50,
        columns=(
            Column(
                "id",
                gettext_lazy("编号"),
                head=True,
                sort=True,
                html=lambda r: format_html('<span class="dk-nowrap">{}</span>', r["id"]),
                href=lambda r: r["url"],
            ),
            Column("title", gettext_lazy("规则"), sort=True, href=lambda r: r["url"]),
            Column("category_title", gettext_lazy("类别"), sort=True),
            Column("force_title", gettext_lazy("效力")),
            Column("mark_title", gettext_lazy("依据"), html=_mark_cell),
            Column("clause", gettext_lazy("条款"), sort=True),
            Column(
                "severity",
                gettext_lazy("核查程度"),
                html=lambda r: badge("severity", r["severity"]) if r["severity"] else "",
            ),
            Column("text", gettext_lazy("内容"), on_page=False, width=60),
            Column("validity", gettext_lazy("有效期"), on_page=False),
        ),
        filters=(
            TextFilter("q", gettext_lazy("文字或编号"), ("id", "title", "text", "clause")),
            ChoiceFilter("category", gettext_lazy("类别"), choices=categories),
            ChoiceFilter("mark", gettext_lazy("依据"), choices=[(m.value, say(m.label)) for m in Mark]),
            ChoiceFilter("force", gettext_lazy("效力"), choices=[(f.value, say(f.label)) for f in Force]),
            FlagFilter("audited", gettext_lazy("参与自动核查")),
            FlagFilter("to_confirm", gettext_lazy("有待核实")),
        ),
    )


@page("policy.view")
def pack(request: PageRequest, pack_id: str) -> HttpResponseBase:
    """The rules of one pack."""
    found = _pack(pack_id)
    rows = [_rule_row(found, rule) for rule in found.rules.values()]
    return _rules(found).respond(request, rows, "web/pages/policy_pack.html", _frame(found, "rules"))


def _frame(found: Pack, section: str) -> Row:
    """What every page of a pack shows around its section."""
    tabs: list[tuple[str, object, str, int]] = [
        ("rules", pgettext_lazy("导航", "规则"), reverse("policy:pack", args=[found.id]), len(found.rules))
    ]
    tabs += [
        (name, label, reverse("policy:section", args=[found.id, name]), len(getattr(found, name)))
        for name, (label, _build) in SECTIONS.items()
        if getattr(found, name)
    ]
    return {
        "pack": found,
        "title": say(found.title),
        "description": say(found.description),
        "validity": words.validity(found.validity),
        "tabs": tabs,
        "section": section,
    }


# --- catalogues of a pack -----------------------------------------------------------------------------------


def _specialties(found: Pack) -> list[Row]:
    return [
        {
            "order": item.order,
            "title": say(item.title),
            "focus": say(item.focus),
            "group": say(item.group),
            "code": item.discipline_code,
            "code_mark": item.discipline_mark,
            "clause": words.clauses(item.clauses),
            "mark": item.mark,
        }
        for item in sorted(found.specialties.values(), key=lambda item: item.order)
    ]


def _techniques(found: Pack) -> list[Row]:
    years = []
    for milestone in sorted(found.milestone_years.values(), key=lambda item: item.year):
        items = [
            {
                "title": say(item.title),
                "kind": say(item.kind.label),
                "specialty": say(found.specialties[item.specialty].title) if item.specialty else "",
                "clause": words.clauses(item.clauses),
                "mark": item.mark,
                "note": say(item.note),
            }
            for item in found.techniques.values()
            if item.year == milestone.year
        ]
        years.append(
            {
                "year": milestone.year,
                "due": milestone.due.isoformat(),
                "due_mark": milestone.due_mark,
                "clause": words.clauses(milestone.clauses),
                "note": say(milestone.note),
                "rows": items,
            }
        )
    return years


def _diseases(found: Pack) -> list[Row]:
    return [
        {
            "number": item.number,
            "title": say(item.title),
            "phase": say(item.phase.label),
            "codes": _codes(item),
            "age_max": item.age_max,
            "age_mark": item.age_mark,
            "laboratory": item.laboratory_evidence,
            "clause": words.clauses(item.clauses),
            "note": say(item.note),
        }
        for item in sorted(found.diseases.values(), key=lambda item: item.number)
    ]


def _codes(item: Disease) -> list[Row]:
    return [
        {"code": code.code, "use": say(code.use.label), "mark": code.mark, "note": say(code.note)}
        for code in item.codes
    ]


def _calendar(found: Pack) -> Row:
    entries = sorted(
        found.calendar.values(),
        key=lambda entry: entry.occurrences[0].due if entry.occurrences else date.max,
    )
    return {
        "entries": [
            {
                "when": words.when(entry),
                "title": say(entry.title),
                "text": say(entry.text),
                "rule": entry.rule,
                "rule_url": _rule_url(found, entry.rule),
                "clause": words.clauses(entry.clauses),
                "mark": entry.date_mark or entry.mark,
                "note": say(entry.note),
            }
            for entry in entries
        ],
        "conflicts": [
            {"problem": say(item.problem), "proposal": say(item.proposal), "mark": item.mark}
            for item in found.conflicts.values()
        ],
    }


def _questions(found: Pack) -> list[Row]:
    return [
        {
            "id": item.id,
            "text": say(item.text),
            "rules": [(rule, _rule_url(found, rule)) for rule in item.rules],
        }
        for item in found.questions.values()
    ]


def _documents(found: Pack) -> list[Row]:
    return [_document(item) for item in found.documents.values()]


def _document(item: Document) -> Row:
    return {
        "id": item.id,
        "title": say(item.title),
        "kind": say(item.kind.label),
        "number": item.number,
        "issuer": say(item.issuer),
        "issued": item.issued.isoformat() if item.issued else "",
        "site": item.site,
        "note": say(item.note),
    }


def _rule_url(found: Pack, rule_id: str | None) -> str:
    return reverse("policy:rule", args=[found.id, rule_id]) if rule_id in found.rules else ""


SECTIONS: Mapping[str, tuple[object, Callable[[Pack], Any]]] = {
    "specialties": (gettext_lazy("重点专科"), _specialties),
    "techniques": (gettext_lazy("技术任务"), _techniques),
    "diseases": (gettext_lazy("重大疾病"), _diseases),
    "calendar": (gettext_lazy("日程"), _calendar),
    "agreements": (gettext_lazy("范本协议"), agreement_rows),
    "questions": (gettext_lazy("待确认问题"), _questions),
    "documents": (gettext_lazy("文件与来源"), _documents),
}


@page("policy.view")
def section(request: PageRequest, pack_id: str, section: str) -> HttpResponse:
    """One catalogue of a pack."""
    found = _pack(pack_id)
    if section not in SECTIONS:
        raise Missing(_("政策包没有“%(found)s”这一部分。") % {"found": section[:60]})
    label, build = SECTIONS[section]
    context = {**_frame(found, section), "section_title": label, "rows": build(found)}
    return render(request, f"web/pages/policy_{section}.html", context)


# --- one rule -----------------------------------------------------------------------------------------------


@page("policy.view")
def rule(request: PageRequest, pack_id: str, rule_id: str) -> HttpResponse:
    """One rule with its clauses, mark, parameters and sources."""
    found = _pack(pack_id)
    if rule_id not in found.rules:
        raise Missing(
            _("政策包 %(pack)s 没有规则“%(found)s”。请从规则列表中查找。")
            % {"pack": pack_id, "found": rule_id[:60]}
        )
    entry = found.rules[rule_id]
    order = list(found.rules)
    at = order.index(rule_id)
    findings = link("pairings:findings")
    context = {
        "pack": found,
        "pack_title": say(found.title),
        "rule": _rule_row(found, entry),
        "note": say(entry.note),
        "parameters": [
            {
                "name": parameter.name,
                "values": words.values(found, parameter),
                "mark": parameter.mark,
                "note": say(parameter.note),
            }
            for parameter in entry.parameters.values()
        ],
        "origin": say(load_pack(entry.pack).title),
        "origin_url": _rule_url(load_pack(entry.pack), rule_id) if entry.pack != pack_id else "",
        "replaces": _replaced(entry),
        "clauses": [_clause(found, clause) for clause in entry.clauses],
        "questions": [item for item in _questions(found) if rule_id in dict(item["rules"])],
        "dates": [item for item in _calendar(found)["entries"] if item["rule"] == rule_id],
        "findings_url": f"{findings}?rule={rule_id}"
        if entry.audited and findings and request.actor.may("finding.view")
        else "",
        "before": (order[at - 1], _rule_url(found, order[at - 1])) if at else None,
        "after": (order[at + 1], _rule_url(found, order[at + 1])) if at + 1 < len(order) else None,
    }
    return render(request, "web/pages/policy_rule.html", context)


def _clause(found: Pack, clause: Clause) -> Row:
    return {"section": clause.section, **_document(found.documents[clause.document])}


def _replaced(entry: Rule) -> Row | None:
    if entry.replaces is None:
        return None
    base = load_pack(entry.replaces.pack)
    return {
        "pack": say(base.title),
        "title": say(entry.replaces.title),
        "text": say(entry.replaces.text),
        "url": _rule_url(base, entry.replaces.id),
    }
