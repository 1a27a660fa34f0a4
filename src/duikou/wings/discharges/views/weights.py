"""Weights of a scheme's groups: the tables, an import, one table, which of them is in use."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from duikou.core import exports
from duikou.core.errors import Invalid
from duikou.core.faces import done, words
from duikou.core.models import OrgUnit
from duikou.core.pages import PageRequest, page
from duikou.wings.discharges import reference
from duikou.wings.discharges.actions import weights as actions
from duikou.wings.discharges.models import Scheme, WeightTable
from duikou.wings.discharges.queries import schemes as scheme_queries
from duikou.wings.discharges.queries import weights as queries
from duikou.wings.discharges.views._common import taken

SCALE = 10_000


class WeightsForm(forms.Form):
    """A table of weights."""

    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=80, help_text=gettext_lazy("谁定的权重，例如“浙江省”。")
    )
    edition = forms.CharField(label=gettext_lazy("版本"), max_length=40)
    province = forms.ChoiceField(label=gettext_lazy("省"))
    file = forms.FileField(
        label=gettext_lazy("权重表"),
        max_length=200,
        help_text=gettext_lazy(".csv 或 .xlsx，列：病组、权重（至多四位小数）；整表导入或整表退回。"),
    )
    allow_missing = forms.BooleanField(
        label=gettext_lazy("允许缺少病组"),
        required=False,
        help_text=gettext_lazy("没有权重的病组，其病例不计入 CMI 和总权重。"),
    )

    def __init__(self, *args: object, areas: list[OrgUnit], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["province"].choices = [(str(org.pk), org.name) for org in areas]  # type: ignore[attr-defined]
        if len(areas) == 1:
            self.fields["province"].widget = forms.HiddenInput()
            self.fields["province"].initial = str(areas[0].pk)


@page("discharge.view")
def weights(request: PageRequest, pk: int) -> HttpResponse:
    """All tables of a scheme's weights, and (for those who keep them) an import."""
    scheme = scheme_queries.scheme(pk)
    areas = scheme_queries.managed_areas(request.actor)
    form = WeightsForm(request.POST or None, request.FILES or None, areas=areas) if areas else None
    if request.method == "POST":
        made = taken(
            form,
            lambda file, data: actions.import_weights(
                actor=request.actor,
                scheme=scheme,
                org=next(org for org in areas if str(org.pk) == data["province"]),
                name=data["name"],
                edition=data["edition"],
                content=file,
                filename=data["file"].name or "",
                allow_missing=data["allow_missing"],
            ),
            lambda: _refuse(request, scheme),
        )
        if made is not None:
            done(request, _("已导入 %(table)s，尚未使用。") % {"table": made})
            return redirect("discharges:weight_table", made.pk)
    status = 422 if form is not None and form.is_bound else 200
    context = {"scheme": scheme, "form": form, "tables": queries.tables(request.actor, scheme)}
    return render(request, "discharges/weights.html", context, status=status)


def _refuse(request: PageRequest, scheme: Scheme) -> None:
    """Say why somebody may not import weights: raises Denied."""
    home = request.actor.home
    org = OrgUnit(path=home.path if home else "")
    actions.import_weights(
        actor=request.actor, scheme=scheme, org=org, name="x", edition="x", content=b"", filename=""
    )


@page("discharge.view")
def weight_table(request: PageRequest, pk: int) -> HttpResponseBase:
    """One table: each group with its weight, and what it lacks."""
    found = queries.table(request.actor, pk)
    rows = _groups(found)
    if request.GET.get("export") == "xlsx":
        sheet = exports.Sheet(str(found), ("drg", _("病组名称"), "weight"), rows, (14, 50, 12))
        return exports.download(f"duikou-weights-{found.pk}", "xlsx", [sheet])
    context = {
        "table": found,
        "rows": [(code, name, f"{weight:.4f}") for code, name, weight in rows],
        "missing": [(code, _name(found.scheme, code)) for code in found.missing],
        "may_manage": request.actor.may("discharge.manage", found.scope_path),
    }
    return render(request, "discharges/weight_table.html", context)


def _groups(found: WeightTable) -> list[tuple[str, str, float]]:
    return [
        (code, _name(found.scheme, code), weight / SCALE) for code, weight in sorted(found.weights.items())
    ]


def _name(scheme: Scheme, code: str) -> str:
    return words(reference.loaded(scheme).names.get(code))


@page("discharge.manage")
def template(request: PageRequest, pk: int) -> HttpResponseBase:
    """All groups of a scheme with an empty weight."""
    scheme = scheme_queries.scheme(pk)
    rows = [(code, _name(scheme, code), None) for code in reference.loaded(scheme).drgs()]
    sheet = exports.Sheet(_("权重表"), (_("病组"), _("病组名称"), _("权重")), rows, (14, 50, 12))
    return exports.download(f"duikou-weights-{scheme.key}", "xlsx", [sheet])


@require_POST
@page("discharge.manage")
def choose(request: PageRequest, pk: int) -> HttpResponse:
    """Let figures stand on this table, or on weights from the stays again."""
    found = queries.table(request.actor, pk)
    step = request.POST.get("step", "")
    if step == "use":
        actions.use(actor=request.actor, table=found)
        done(request, _("CMI 和总权重从现在起按 %(table)s 计算。") % {"table": found})
    elif step == "stop":
        actions.stop_using(actor=request.actor, table=found)
        done(request, _("CMI 和总权重从现在起按病例数据计算的权重。"))
    else:
        raise Invalid(_("请选择使用或停用。"))
    return redirect("discharges:weight_table", pk)
