"""Search over hospitals, divisions, pairings and policy rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from duikou.core import search
from duikou.core.pages import PageRequest, page, typed
from duikou.core.scope import Actor
from duikou.core.search import text
from duikou.policy import available_packs, load_pack
from duikou.web.words import say

ORDER = ("hospital", "division", "pairing")  # groups of the page, most wanted first
MOST = 400  # hits counted
SHOWN = 10  # hits of a group before "show all"
OFFERED = 8  # suggestions while typing
ICONS = {"hospital": "building-hospital", "division": "map-2", "pairing": "arrows-exchange", "rule": "book-2"}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found, of any kind."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """The things found of one kind."""

    id: str
    label: object
    icon: str
    hits: list[Found]
    count: str  # "400+" where counting stopped
    more: bool


def groups(question: str, actor: Actor, only: str = "") -> list[FoundGroup]:
    """What `actor` may see of what a question names, by kind; all of it for the kind `only`."""
    by_kind: dict[str, list[Found]] = {}
    for hit in search.find(question, actor=actor, source=only or None, limit=MOST):
        by_kind.setdefault(hit.source.id, []).append(Found(hit.title, hit.detail, hit.address))
    if actor.may("policy.view") and only in ("", "rule"):
        by_kind["rule"] = find_rules(question)
    labels: dict[str, object] = {source.id: source.label for source in search.sources().values()}
    labels["rule"] = pgettext_lazy("导航", "政策规则")
    kinds = [*ORDER, *(kind for kind in labels if kind not in (*ORDER, "rule")), "rule"]
    return [_group(kind, labels[kind], by_kind[kind], bool(only)) for kind in kinds if by_kind.get(kind)]


def _group(kind: str, label: object, hits: list[Found], everything: bool) -> FoundGroup:
    count = f"{MOST}+" if len(hits) >= MOST else str(len(hits))
    shown = hits if everything else hits[:SHOWN]
    return FoundGroup(kind, label, ICONS.get(kind, "search"), shown, count, len(shown) < len(hits))


@cache
def _rule_index() -> list[tuple[str, str, str, str, str]]:
    """Every rule once, from the round's pack before others: pack, id, Chinese text, latin text, title."""
    order = sorted(available_packs(), key=lambda pack_id: pack_id != settings.DEFAULT_ROUND_PACK)
    seen: dict[str, tuple[str, str, str, str, str]] = {}
    for pack in map(load_pack, order):
        for rule in pack.rules.values():
            latin = f"{rule.id} {rule.title.en} {text.pinyin(rule.title.zh)} {text.initials(rule.title.zh)}"
            chinese = text.fold(f"{rule.title.zh} {rule.text.zh}")
            seen.setdefault(rule.id, (pack.id, rule.id, chinese, latin.lower(), text.fold(rule.title.zh)))
    return list(seen.values())


def find_rules(question: str) -> list[Found]:
    """Rules whose id, title or text contains every part of a question; titles before texts."""
    parts = text.runs(question[:60])
    if not parts:
        return []
    whole = text.fold(question.strip())
    rows = [
        row
        for row in _rule_index()
        if whole in row[3] or all(part in (row[2] if text.is_chinese(part) else row[3]) for part in parts)
    ]
    rows.sort(key=lambda row: not (whole in row[4] or whole in row[3]))
    return [_found_rule(pack_id, rule_id) for pack_id, rule_id, *_rest in rows]


def _found_rule(pack_id: str, rule_id: str) -> Found:
    rule = load_pack(pack_id).rules[rule_id]
    address = reverse("policy:rule", args=[pack_id, rule_id])
    return Found(f"{rule_id} {say(rule.title)}", rule.clause, address)


@page(None)
def results(request: PageRequest) -> HttpResponse:
    """The page of what was found."""
    question = typed(request)
    only = request.GET.get("in", "")
    known = {*search.sources(), "rule"}
    only = only if only in known else ""
    found = groups(question, request.actor, only) if question else []
    context: dict[str, Any] = {
        "search_text": question,
        "groups": found,
        "only": only,
        "count": sum(len(group.hits) for group in found),
        "examples": ("安吉", "anji", "zjyy", "PAIR-05"),
    }
    return render(request, "web/pages/search.html", context)


@page(None)
def suggest(request: PageRequest) -> HttpResponse:
    """The best hits while somebody types."""
    question = typed(request)
    hits = [
        Found(hit.title, f"{hit.source.label} · {hit.detail}", hit.address)
        for hit in search.find(question, actor=request.actor, limit=OFFERED)
    ]
    if len(hits) < OFFERED and request.actor.may("policy.view"):
        hits += find_rules(question)[: OFFERED - len(hits)]
    options = [{"value": hit.title, "detail": hit.detail, "url": hit.url} for hit in hits if hit.url]
    return render(request, "web/suggestions.html", {"options": options})
