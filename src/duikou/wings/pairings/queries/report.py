"""The audit of a round as one document, for the command line and the API."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor
from duikou.engines.pairing import model as engine
from duikou.engines.pairing.audit import audit
from duikou.wings.pairings.models import AuditRun, Finding, Pairing, Round
from duikou.wings.pairings.queries.rounds import check_day, default_round, figures_for, round_named
from duikou.wings.pairings.translate import Scopes, engine_round, finding_columns, rules_digest, rules_for


def latest_audit_report(
    actor: Actor, round_key: str | None = None, as_of: dt.date | None = None
) -> dict[str, Any]:
    """What an audit of a round finds, limited to what the actor may see.

    Takes the newest recorded audit while it is up to date; else (pairings or rules
    changed since, or a day is asked for) audits anew without recording. Raises
    Missing for an unknown round, Invalid for a day outside it.
    """
    round_ = round_named(round_key) if round_key else default_round(actor)
    if round_ is None:
        raise Missing(_("还没有任何轮次。请先建立轮次并导入结对关系表。"))
    check_day(round_, as_of)
    run = AuditRun.objects.filter(round=round_).order_by("-number").first()
    current = (
        as_of is None
        and run is not None
        and run.revision == round_.revision
        and run.pack_digest == rules_digest(rules_for(round_))
    )
    findings = _recorded(actor, round_) if current else _computed(actor, round_, as_of)
    _name_rows(findings)
    return {
        "round": round_.key,
        "round_name": {"zh": round_.name, "en": round_.name_en or round_.name},
        "as_of": (as_of or round_.start).isoformat(),
        "policy_pack": round_.policy_pack,
        **figures_for(actor, round_, as_of).as_json(),
        "by_rule": dict(sorted(Counter(found["rule"] for found in findings).items())),
        "by_severity": {
            severity.value: sum(found["severity"] == severity.value for found in findings)
            for severity in reversed(engine.Severity)
        },
        "findings": findings,
    }


_PARTS = ("message", "expected", "found", "suggestion")


def _recorded(actor: Actor, round_: Round) -> list[dict[str, Any]]:
    rows = Finding.objects.visible_to(actor).filter(round=round_, present=True).order_by("rank", "id")
    return [
        _entry(
            row.key,
            {
                name: getattr(row, name)
                for name in ("rule", "clause", "mark", "severity", "subjects", "rows", "texts")
            },
            state=row.state,
        )
        for row in rows
    ]


def _computed(actor: Actor, round_: Round, as_of: dt.date | None) -> list[dict[str, Any]]:
    tables = engine_round(round_, as_of)
    found = audit(tables, rules_for(round_))
    scopes = Scopes.of(round_, tables, as_of)
    return [
        _entry(one.key, finding_columns(one, order), state="open")
        for order, one in enumerate(found)
        if actor.may_any("finding.view", scopes.paths(one))
    ]


def _entry(key: str, columns: dict[str, Any], *, state: str) -> dict[str, Any]:
    texts = columns["texts"]
    return {
        "key": key,
        "rule": columns["rule"],
        "clause": columns["clause"],
        "mark": columns["mark"],
        "severity": columns["severity"],
        "state": state,
        "subjects": columns["subjects"],
        "rows": columns["rows"],
        **{part: texts[part]["zh"] for part in _PARTS},
        **{f"{part}_en": texts[part]["en"] for part in _PARTS},
    }


def _name_rows(findings: Iterable[dict[str, Any]]) -> None:
    """Put the printed rows in place of their ids."""
    ids = {pk for found in findings for pk in found["rows"]}
    columns = ("id", "table", "position", "supporter_printed", "recipient_printed")
    known = {row[0]: row for row in Pairing.objects.filter(pk__in=ids).values_list(*columns)}
    names = ("id", "table", "position", "supporter", "recipient")
    for found in findings:
        found["rows"] = [dict(zip(names, known[pk], strict=True)) for pk in found["rows"] if pk in known]
