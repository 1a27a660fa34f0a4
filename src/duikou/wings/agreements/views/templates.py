"""Official templates of commissions: the list, one with its clauses, an upload."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core import documents as store
from duikou.core.errors import Invalid, Missing
from duikou.core.faces import add_errors, done, words
from duikou.core.pages import PageRequest, page
from duikou.policy.loader import available_packs, load_pack
from duikou.wings.agreements import papers
from duikou.wings.agreements.actions import templates as actions
from duikou.wings.agreements.forms import TemplateForm
from duikou.wings.agreements.models import Agreement
from duikou.wings.agreements.queries import templates as queries
from duikou.wings.agreements.views._common import uploaded


@page("agreement.manage")
def templates(request: PageRequest) -> HttpResponse:
    """Templates in use and retired ones, and the form for a new one."""
    orgs = queries.commissions(request.actor)
    form = TemplateForm(
        request.POST or None,
        request.FILES or None,
        orgs=[(str(org.pk), org.name) for org in orgs],
        packs=list(available_packs()),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        file = uploaded(form, "file")
        assert file is not None  # the form demands it
        try:
            made = actions.upload_template(
                actor=request.actor,
                org=queries.commission(request.actor, int(data["org"])),
                title=data["title"],
                kind=data["kind"],
                policy_pack=data["policy_pack"],
                content=file.content,
                filename=file.filename,
            )
        except Invalid as error:
            add_errors(form, error)
        except Missing as error:
            form.add_error(None, str(error.message))
        else:
            done(request, _("范本已启用，以后的草稿按它生成。"))
            return redirect("agreements:template", made.pk)
    rows = [
        {"template": one, "kind": Agreement.Kind(one.kind).label} for one in queries.templates(request.actor)
    ]
    status = 422 if form.is_bound else 200
    return render(request, "agreements/templates.html", {"rows": rows, "form": form}, status=status)


@page("agreement.manage")
def template(request: PageRequest, pk: int) -> HttpResponse:
    """One template: its clauses beside those of the pack whose duties they state."""
    found = queries.template(request.actor, pk)
    own = papers.template_for(load_pack(found.policy_pack), found.kind)
    clauses = {clause.id: clause for clause in own.clauses}
    rows = [
        {
            "text": row["text"],
            "clause": clauses.get(row["id"]),
            "title": words(clauses[row["id"]].title) if row["id"] in clauses else _("增加的条款"),
        }
        for row in found.content
    ]
    context = {"template": found, "kind": Agreement.Kind(found.kind).label, "rows": rows}
    return render(request, "agreements/template.html", context)


@page("agreement.manage")
def file(request: PageRequest, pk: int) -> HttpResponse:
    """The file as it came."""
    return store.download(queries.template(request.actor, pk).document)


@require_POST
@page("agreement.manage")
def retire(request: PageRequest, pk: int) -> HttpResponse:
    """Use it no more."""
    actions.retire_template(actor=request.actor, template=queries.template(request.actor, pk))
    done(request, _("范本已停用；以后的草稿按政策包生成。"))
    return redirect("agreements:templates")
