"""Merging (choose, compare, confirm), undoing a merger, splitting."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.pages import PageRequest, both, page
from duikou.wings.hospitals import actions, detail, queries
from duikou.wings.hospitals.actions.common import KEEP
from duikou.wings.hospitals.forms import MergeForm, ReasonForm, SplitForm
from duikou.wings.hospitals.models import Hospital
from duikou.wings.hospitals.views.editing import answered, editable, filled, form_page, told_by
from duikou.wings.hospitals.views.reading import may_keep

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the comparison of two entries."""

    label: str
    source: str
    target: str

    @property
    def differs(self) -> bool:
        """Whether the two entries say different things."""
        return self.source != self.target


@both
@page(KEEP)
def merge(request: PageRequest, pk: int) -> HttpResponse:
    """Without `?target=`: choose the hospital to merge into; with it: compare and confirm."""
    found = editable(request, pk, KEEP)
    target = request.GET.get("target", "")
    if not target:
        return _choose(request, found)
    if not target.isdecimal():
        raise Missing(
            _("没有编号为 %(pk)s 的医院，或不在您的查看范围内。请从医院名录中查找。") % {"pk": target}
        )
    return _compare(request, found, editable(request, int(target), KEEP))


def _choose(request: PageRequest, found: Hospital) -> HttpResponse:
    """Hospitals that fit a text; without a text, those of the same county."""
    text = request.GET.get("q", "").strip()[:100]
    chosen = queries.HospitalFilter(
        text=text, state=Hospital.State.ACTIVE, county="" if text else found.division.code
    )
    rows = [
        row
        for row in queries.hospitals(request.actor, chosen)
        .exclude(pk=found.pk)
        .order_by("name")[: MOST_FOUND * 3]
        if may_keep(request.actor, row)
    ]
    context = {
        "hospital": found,
        "text": text,
        "rows": rows[:MOST_FOUND],
        "more": len(rows) > MOST_FOUND,
        "most": MOST_FOUND,
    }
    return render(request, "hospitals/merge_choose.html", context)


def _compare(request: PageRequest, source: Hospital, target: Hospital) -> HttpResponse:
    form = filled(
        MergeForm,
        request,
        {"version": source.version, "target_version": target.version, "on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with told_by(form):
            actions.merge_hospitals(
                actor=request.actor,
                source=source,
                source_version=data["version"],
                target=target,
                target_version=data["target_version"],
                kind=data["kind"],
                on=data["on"],
                reason=data["reason"],
                document=data["document"],
            )
            messages.success(
                request,
                _("已把“%(source)s”并入“%(target)s”；如有误，可在原医院页面撤回。")
                % {"source": source.name, "target": target.name},
            )
            return redirect("hospitals:detail", target.pk)
    context = {
        "hospital": source,
        "target": target,
        "form": form,
        "compared": list(_comparison(source, target)),
        "names": actions.names_to_take(source, target),
        "partners": detail.partner_count(source),
        "departments": source.departments.filter(closed_on=None).count(),
        "capabilities": source.capabilities.count(),
        "swap": f"?target={source.pk}",
    }
    return render(
        request, "hospitals/merge_compare.html", context, status=answered(form) if form.is_bound else 200
    )


def _comparison(source: Hospital, target: Hospital) -> list[Compared]:
    def both_of(label: str, read: object) -> Compared:
        return Compared(label, str(read(source)), str(read(target)))  # type: ignore[operator]

    return [
        both_of(_("名称"), lambda h: h.name),
        both_of(_("类别"), lambda h: h.get_kind_display()),
        both_of(_("等级"), lambda h: h.get_level_display()),
        both_of(_("举办主体"), lambda h: h.get_ownership_display()),
        both_of(_("隶属层级"), lambda h: h.get_tier_display()),
        both_of(_("登记身份"), lambda h: h.get_role_display()),
        both_of(_("市"), lambda h: h.division.parent.label),
        both_of(_("县（市、区）"), lambda h: h.division.label),
        both_of(_("坐标"), lambda h: "" if h.lon is None else f"{h.lon:.4f}, {h.lat:.4f}"),
        both_of(_("全部名称"), lambda h: _("、").join(name.name for name in detail.names_of(h))),
        both_of(_("备注"), lambda h: h.note),
    ]


@both
@page(KEEP)
def undo(request: PageRequest, pk: int) -> HttpResponse:
    """Take a merger back."""
    found = editable(request, pk, KEEP)
    if found.merged_into is None:
        raise Missing(_("“%(name)s”没有并入其他医院，无可撤回。") % {"name": found.name})
    form = filled(ReasonForm, request, {"version": found.version})
    return form_page(
        request,
        found,
        form,
        lambda data: actions.undo_merge(actor=request.actor, hospital=found, **data),
        title=_("撤回并入“%(name)s”") % {"name": found.merged_into.name},
        done=_("已撤回并入，两家医院各自在册。"),
        submit=_("撤回"),
        lead=_("对方因并入而得到的名称将退回；合并与撤回都保留在沿革中。"),
    )


@both
@page(KEEP)
def split(request: PageRequest, pk: int) -> HttpResponse:
    """A part becomes a hospital of its own."""
    found = editable(request, pk, KEEP)
    initial = {
        "version": found.version,
        "kind": found.kind,
        "tier": found.tier,
        "ownership": found.ownership,
        "division": found.division_id,
    }
    form = filled(SplitForm, request, initial)
    form.offer_counties(request.actor)
    form.offer_names(found)

    def do(data: dict[str, object]) -> None:
        actions.split_hospital(
            actor=request.actor,
            hospital=found,
            version=form.cleaned_data["version"],
            name=form.cleaned_data["name"],
            facts=form.facts(),
            division=form.chosen_division(),
            on=form.cleaned_data["on"],
            reason=form.cleaned_data["reason"],
            names=form.cleaned_data["names"],
            document=form.cleaned_data["document"],
            confirmed=form.cleaned_data["confirmed"],
        )

    return form_page(
        request,
        found,
        form,
        do,
        title=_("拆分"),
        done=_("已拆分；新医院见沿革。"),
        submit=_("拆分"),
        lead=_("新医院独立登记；已有结对仍属于原医院，可在结对中另行调整。"),
    )
