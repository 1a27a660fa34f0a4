"""Codes of hospitals, residences to decide on, mappings of codes between editions."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.errors import Invalid
from duikou.core.faces import done
from duikou.core.pages import PageRequest, page
from duikou.wings.discharges.actions import references as actions
from duikou.wings.discharges.models import CodeMapping
from duikou.wings.discharges.models.reference import OUTSIDE
from duikou.wings.discharges.queries import references as queries
from duikou.wings.discharges.queries.scope import Area

SHOWN = 50


@page("discharge.manage")
def references(request: PageRequest) -> HttpResponse:
    """All three, each with its form."""
    waiting = queries.waiting_residences(request.actor)
    return render(
        request,
        "discharges/references.html",
        {
            "codes": queries.hospital_codes(request.actor),
            "hospitals": queries.managed_hospitals(request.actor),
            "residences": waiting[:SHOWN],
            "waiting": waiting.count(),
            "counties": [(code, unit.label) for code, unit in Area(request.actor).counties.items()],
            "outside": OUTSIDE,
            "mappings": queries.mappings(),
            "kinds": CodeMapping.Kind.choices,
        },
    )


@require_POST
@page("discharge.manage")
def code(request: PageRequest) -> HttpResponse:
    """Record a hospital's code."""
    hospital = request.POST.get("hospital", "")
    if not hospital.isdecimal() or len(hospital) > 12:
        raise Invalid(_("请选择医院。"))
    made = actions.record_code(
        actor=request.actor, hospital_id=int(hospital), code=request.POST.get("code", "")
    )
    done(request, _("已登记 %(code)s。") % {"code": made})
    return redirect("discharges:references")


@require_POST
@page("discharge.manage")
def residence(request: PageRequest, pk: int) -> HttpResponse:
    """Decide what a residence means."""
    review = queries.residence(request.actor, pk)
    actions.decide_residence(
        actor=request.actor, review=review, division_code=request.POST.get("division", "")
    )
    done(request, _("已记住“%(text)s”，以后的文件照此识别。") % {"text": review.text})
    return redirect("discharges:references")


@require_POST
@page("discharge.manage")
def mapping(request: PageRequest) -> HttpResponse:
    """Take a mapping of codes in."""
    file = request.FILES.get("file")
    made = actions.import_mapping(
        actor=request.actor,
        kind=request.POST.get("kind", ""),
        content=file.read() if file else b"",
        filename=file.name if file and file.name else "",
    )
    done(request, _("已导入 %(count)d 对编码，以后校验的文件照此对照。") % {"count": made.pairs})
    return redirect("discharges:references")
