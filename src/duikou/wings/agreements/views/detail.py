"""One agreement: its page with all that belongs to it, its texts, checks, comparisons and files."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import documents as store
from duikou.core.actions import require
from duikou.core.errors import Missing
from duikou.core.faces import words
from duikou.core.listing import BadParameter
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.policy.agreements import AgreementTemplate
from duikou.wings.agreements.forms import (
    ChangeTermsForm,
    CommentForm,
    DayForm,
    EndForm,
    EventForm,
    SignForm,
    UploadForm,
)
from duikou.wings.agreements.models import IN_FORCE, ON_ITS_WAY, Agreement, Side, Version
from duikou.wings.agreements.papers import address_of
from duikou.wings.agreements.queries import agreements as queries
from duikou.wings.agreements.queries.agreements import Whole
from duikou.wings.agreements.queries.comparing import differences
from duikou.wings.agreements.queries.duties import template_of
from duikou.wings.agreements.queries.rounds import LATE, SIGNED_LATE, deadline_of, timing
from duikou.wings.agreements.views._common import (
    event_words,
    state_badge,
    termination_badge,
    timing_badge,
    verdict_badge,
)
from duikou.wings.agreements.workflows import AGREEMENT

STEP_OF = {"draft": 1, "review": 2, "approved": 3, "signed": 4, "withdrawn": 1}


@page("agreement.view")
def agreement(request: PageRequest, pk: int) -> HttpResponse:
    """One agreement with everything about it."""
    return show(request, queries.agreement(request.actor, pk))


def show(request: PageRequest, found: Agreement, **failed: Form) -> HttpResponse:
    """The page; `failed` are forms that were not taken, by their place on the page."""
    context = page_of(request.actor, queries.whole(found)) | failed
    return render(request, "agreements/agreement.html", context, status=422 if failed else 200)


def page_of(actor: Actor, everything: Whole) -> dict[str, Any]:
    """What the page shows, with the forms that the actor may use."""
    found = everything.agreement
    deadline = deadline_of(found.pairing.round)
    when = timing(found.signed_on, deadline, timezone.localdate())
    steps = {step.id: step for step in AGREEMENT.available(found, actor)}
    return {
        "agreement": found,
        "whole": everything,
        "state": state_badge(found),
        "at": STEP_OF.get(found.state, 5),
        "on_its_way": found.state in ON_ITS_WAY,
        "in_force": found.state in IN_FORCE,
        "deadline": deadline,
        "timing": timing_badge(when) if found.turn == 1 and not found.amends_id else "",
        "late": when in (LATE, SIGNED_LATE),
        "verify_url": address_of(found.code),
        "template_title": _template_title(found),
        "steps": steps,
        "texts": _texts(everything),
        "comments": everything.comments,
        "terminations": [
            {
                "request": one,
                "badge": termination_badge(one.state),
                "may_decide": one.state == "asked" and queries.may_consent(actor, one),
                "may_take_back": one.state == "asked"
                and actor.may("agreement.approve", found.path_of(one.side)),
            }
            for one in everything.terminations
        ],
        "originals": [
            {"original": one, "may": one.handed_on is None and _may_receive(actor, one)}
            for one in everything.originals
        ],
        "history": [event_words(event) for event in everything.history],
        "demo_data": found.demonstration,
        **_forms(actor, everything),
    }


def _template_title(found: Agreement) -> str:
    if found.uploaded_template is not None:
        return found.uploaded_template.title
    template = template_of(found)
    return words(template.title) if template else found.template


def _texts(everything: Whole) -> list[dict[str, Any]]:
    numbers = [one.number for one in everything.versions]
    return [
        {"version": one, "before": one.number - 1 if one.number - 1 in numbers else None}
        for one in everything.versions
    ]


def _may_receive(actor: Actor, original: Any) -> bool:
    own = original.holder in Side.values
    return actor.may("agreement.edit" if own else "agreement.consent", original.org.path)


def _forms(actor: Actor, everything: Whole) -> dict[str, Any]:
    """Forms by their place on the page; None where there is nothing to do for the actor."""
    found, newest = everything.agreement, everything.newest
    seen = {"version": found.version}
    may_edit = actor.may_any("agreement.edit", found.scope_paths())
    approving = queries.sides(actor, "agreement.approve", found)
    editing = queries.sides(actor, "agreement.edit", found)
    to_decide = [side for side in approving if side not in everything.decided()]
    to_sign = [side for side in approving if side not in everything.signed()]
    in_force = found.state in IN_FORCE
    waits = any(one.state == "asked" for one in everything.terminations)
    day = {**seen, "on": timezone.localdate()}
    office = everything.filing.office.path if everything.filing else ""
    manages = actor.may_any("agreement.manage", found.scope_paths())
    return {
        "may_edit": may_edit and found.state == "draft",
        "may_comment": may_edit and found.state in ON_ITS_WAY,
        "may_amend": may_edit and in_force and not _open(everything.amendments),
        "may_renew": may_edit
        and (in_force or found.state == "expired")
        and not [one for one in everything.renewals if one.state != "withdrawn"],
        "to_decide": to_decide if found.state == "review" else [],
        "terms_form": ChangeTermsForm(
            initial={
                **seen,
                **{
                    name: getattr(found, name)
                    for name in (
                        "drafted_on",
                        "term_start",
                        "term_end",
                        "supporter_representative",
                        "recipient_representative",
                    )
                },
            }
        ),
        "upload_form": UploadForm(initial=seen),
        "comment_form": CommentForm(clauses=_clause_names(found, newest)) if newest else None,
        "sign_form": SignForm(
            sides=to_sign,
            initial={
                **day,
                "signatory": getattr(found, f"{to_sign[0].value}_representative"),
            },
        )
        if to_sign and found.state == "approved"
        else None,
        "copy_form": DayForm(place="copy", initial=day)
        if may_edit and found.state == "signed" and not everything.filing
        else None,
        "receipt_form": DayForm(place="receipt", initial=day)
        if found.state == "signed" and everything.filing and actor.may("agreement.manage", office or "")
        else None,
        "original_form": None,
        "event_form": EventForm(sides=list(Side) if manages else editing, initial=day)
        if in_force and (editing or manages)
        else None,
        "end_form": EndForm(sides=approving, initial=seen) if in_force and approving and not waits else None,
    }


def _open(rows: list[Agreement]) -> list[Agreement]:
    return [one for one in rows if one.state in ON_ITS_WAY]


def _clause_names(found: Agreement, newest: Version) -> list[tuple[str, str]]:
    template = template_of(found)
    return [(clause.id, words(clause.title)) for clause in template.clauses] if template else []


# ---------------------------------------------------------------- texts


@page("agreement.view")
def text(request: PageRequest, pk: int, number: int) -> HttpResponse:
    """One text, clause by clause under its headings."""
    found = queries.agreement(request.actor, pk)
    version = queries.version(found, number)
    return render(
        request,
        "agreements/text.html",
        {
            "agreement": found,
            "version": version,
            "sections": sections(version, template_of(found)),
            "others": version.content.get("others", ""),
            "demo_data": found.demonstration,
        },
    )


def sections(version: Version, template: AgreementTemplate | None) -> list[dict[str, Any]]:
    """The text by heading, each clause with what the check says of it."""
    verdicts = {one["clause"]: one["verdict"] for one in version.verdict.get("judgements", ())}
    headings = list(template.headings) if template else []
    rows = version.content.get("clauses", ())
    known = {heading.id for heading in headings}
    found = [
        {
            "number": heading.number,
            "title": words(heading.title),
            "rows": [_line(row, verdicts) for row in rows if row["heading"] == heading.id],
        }
        for heading in headings
    ]
    if rest := [_line(row, verdicts) for row in rows if row["heading"] not in known]:
        found.append({"number": "", "title": _("增加的条款"), "rows": rest})
    return [one for one in found if one["rows"] or one["number"]]


def _line(row: dict[str, Any], verdicts: dict[str, str]) -> dict[str, Any]:
    verdict = verdicts.get(row["id"], "new") if row["id"] else "new"
    return {"text": row["text"], "badge": verdict_badge(verdict), "verdict": verdict}


@page("agreement.view")
def check(request: PageRequest, pk: int, number: int) -> HttpResponse:
    """What the check says of a text: template and text side by side, with source and reasons."""
    found = queries.agreement(request.actor, pk)
    return show_check(request, found, queries.version(found, number))


def show_check(
    request: PageRequest, found: Agreement, version: Version, *, refused: str = ""
) -> HttpResponse:
    """The page of a check; `refused`: what could not be done because of it."""
    rows = [
        {
            **one,
            "badge": verdict_badge(one["verdict"]),
            "bad": one["verdict"] in ("weakened", "missing"),
            "title": words(one["title"]) if one["title"] else _("新增的条款"),
            "place": words(one["place"]) if one["place"] else "",
            "reasons": [{**reason, "message": words(reason["message"])} for reason in one["reasons"]],
        }
        for one in version.verdict.get("judgements", ())
    ]
    context = {
        "agreement": found,
        "version": version,
        "refused": refused,
        "bad": [row for row in rows if row["bad"]],
        "good": [row for row in rows if not row["bad"]],
        "flags": [
            {
                **flag,
                "message": words(flag["message"]),
                "place": words(flag["place"]) if flag["place"] else "",
            }
            for flag in version.verdict.get("flags", ())
        ],
        "may_edit": request.actor.may_any("agreement.edit", found.scope_paths())
        and found.state == "draft"
        and version.number == found.latest,
        "demo_data": found.demonstration,
    }
    return render(request, "agreements/check.html", context, status=422 if refused else 200)


@page("agreement.view")
def compare(request: PageRequest, pk: int, number: int) -> HttpResponse:
    """What a text changes against an earlier one (`?with=`, default: the one before)."""
    found = queries.agreement(request.actor, pk)
    newer = queries.version(found, number)
    older = queries.version(found, _other(request, number))
    rows = differences(older, newer, template_of(found))
    return render(
        request,
        "agreements/compare.html",
        {
            "agreement": found,
            "older": older,
            "newer": newer,
            "numbers": [n for n in range(1, found.latest + 1) if n != number],
            "changed": [{"row": row, "title": words(row.title)} for row in rows if row.kind != "same"],
            "same": sum(row.kind == "same" for row in rows),
            "demo_data": found.demonstration,
        },
    )


def _other(request: PageRequest, number: int) -> int:
    text = request.GET.get("with", "").strip()
    if not text:
        if number == 1:
            raise Missing(_("第 1 版没有更早的文本可比。"))
        return number - 1
    if not text.isdecimal() or len(text) > 6:
        raise BadParameter("with", text, _("文本版次，如 1"))
    return int(text)


@page("agreement.view")
def file(request: PageRequest, pk: int, name: str, number: int) -> HttpResponse:
    """A file that belongs to the agreement, to save."""
    found = queries.agreement(request.actor, pk)
    if name == "refused":  # for those alone who work on the text
        require(request.actor, "agreement.edit", found.scope_paths())
    return store.download(queries.attachment(found, name, number))
