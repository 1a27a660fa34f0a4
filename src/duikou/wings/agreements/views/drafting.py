"""A new agreement of a pairing, and the page where a text is changed clause by clause."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.faces import add_errors, done, words
from duikou.core.pages import PageRequest, page
from duikou.policy.agreements import AgreementTemplate
from duikou.policy.loader import load_pack
from duikou.wings.agreements import papers
from duikou.wings.agreements.actions import drafting as actions
from duikou.wings.agreements.forms import NewForm
from duikou.wings.agreements.models import Agreement, Version
from duikou.wings.agreements.queries import agreements as queries
from duikou.wings.agreements.views._common import as_seen
from duikou.wings.agreements.views.acts import terms_of
from duikou.wings.pairings.queries import pairings as pairing_queries

LONGEST_CLAUSE, MOST_ADDED, MOST_TARGET = 4000, 40, 1_000_000
EMPTY_ROWS = 2  # for clauses to add, under each heading that may have some


@page("agreement.edit")
def new(request: PageRequest, pairing: int) -> HttpResponse:
    """Draft an agreement of a pairing."""
    row = pairing_queries.pairing(request.actor, pairing)
    specialties = load_pack(row.round.policy_pack).specialties
    linked = sorted({link.specialty for link in pairing_queries.links_of(row) if link.end is None})
    form = NewForm(
        request.POST or None,
        specialties=[(one, words(specialties[one].title) if one in specialties else one) for one in linked],
        initial={"kind": papers.KIND_OF_PAIRING.get(row.kind, Agreement.Kind.STANDARD)},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.create_draft(
                actor=request.actor,
                pairing=row,
                kind=data["kind"],
                specialty=data["specialty"],
                terms=terms_of(data),
            )
        except Invalid as error:
            add_errors(form, error)
        except (Conflict, Missing) as error:
            form.add_error(None, str(error.message))
        else:
            done(request, _("草稿已生成。"))
            return redirect("agreements:detail", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "agreements/new.html", {"form": form, "pairing": row}, status=status)


@page("agreement.edit")
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change the text of a draft, clause by clause; the check follows at once."""
    found = queries.agreement(request.actor, pk)
    template = papers.kept_template(found)
    version = queries.version(found, found.latest)
    fault = ""
    content = version.content
    if request.method == "POST":
        try:
            content = _typed(request, template)
            made = actions.edit_text(
                actor=request.actor,
                agreement=as_seen(request, found),
                content=content,
                note=request.POST.get("note", "")[:300],
            )
        except (Invalid, Conflict) as error:
            fault = str(error.message)
        else:
            if made.accepted:
                done(request, _("新版文本已保存，条款检查通过。"))
            return redirect("agreements:check", pk, made.number)
    if found.state != "draft":
        fault = fault or _("协议已不在起草中，文本不能再改。")
    return render(
        request,
        "agreements/edit.html",
        {
            "agreement": found,
            "version": version,
            "fault": fault,
            "sections": _sections(template, content, version),
            "others": content.get("others", ""),
            "seen": found.version,
            "demo_data": found.demonstration,
        },
        status=422 if fault else 200,
    )


def _typed(request: PageRequest, template: AgreementTemplate) -> papers.Content:
    """The text as it was typed. Raises Invalid for what is too long or no figure."""
    texts, targets = {}, {}
    for clause in template.clauses:
        texts[clause.id] = _text(request.POST.get(f"clause-{clause.id}", ""), words(clause.title))
        targets[clause.id] = _figure(request.POST.get(f"target-{clause.id}", ""), words(clause.title))
    added: list[tuple[str, str]] = []
    for heading in template.headings:
        typed = request.POST.getlist(f"added-{heading.id}")[:MOST_ADDED]
        added += [(heading.id, _text(one, words(heading.title))) for one in typed]
    return papers.edited(
        template,
        texts=texts,
        targets=targets,
        added=added,
        others=_text(request.POST.get("others", ""), _("其他事项")),
    )


def _text(text: str, where: str) -> str:
    text = text.replace("\r\n", "\n")
    if len(text) > LONGEST_CLAUSE or not text.replace("\n", "").replace("\t", "").isprintable():
        raise Invalid(
            _("“%(where)s”应为不超过 %(most)d 字、不含控制字符的文字。")
            % {"where": where, "most": LONGEST_CLAUSE}
        )
    return text


def _figure(text: str, where: str) -> int | None:
    if not (text := text.strip()):
        return None
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:9]) <= MOST_TARGET or len(text) > 9:
        raise Invalid(
            _("“%(where)s”的约定数应为 1 至 %(most)d 的整数，实际为“%(found)s”。")
            % {"where": where, "most": MOST_TARGET, "found": text[:20]}
        )
    return int(text)


def _sections(template: AgreementTemplate, content: papers.Content, version: Version) -> list[dict[str, Any]]:
    """Boxes of the page: each clause of the template with its words, then the added ones."""
    texts = {row["id"]: row for row in content["clauses"] if row["id"]}
    bad = {
        one["clause"]: one
        for one in version.verdict.get("judgements", ())
        if one["verdict"] in ("weakened", "missing")
    }
    found = []
    for heading in template.headings:
        clauses = template.under(heading.id)
        added = [row["text"] for row in content["clauses"] if not row["id"] and row["heading"] == heading.id]
        found.append(
            {
                "id": heading.id,
                "number": heading.number,
                "title": words(heading.title),
                "clauses": [
                    {
                        "id": clause.id,
                        "title": words(clause.title),
                        "source": clause.source,
                        "text": texts.get(clause.id, {}).get("text", ""),
                        "target": texts.get(clause.id, {}).get("target"),
                        "unit": words(papers.unit_words(clause.measure))
                        if clause.measure and clause.measure.target is None
                        else "",
                        "bad": clause.id in bad,
                    }
                    for clause in clauses
                ],
                "added": [*added, *([""] * (EMPTY_ROWS if clauses else 0))],
            }
        )
    return found
