"""Pages of the invited side: the answer, the experts, a time, the opinion."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.actions import require
from duikou.core.pages import PageRequest, both, page
from duikou.wings.hospitals import catalogue as register
from duikou.wings.patients.models import Access
from duikou.wings.telehealth import actions, forms, scheduling
from duikou.wings.telehealth.actions.answers import cited
from duikou.wings.telehealth.actions.opinions import seat_of
from duikou.wings.telehealth.models import Consultation, Slot
from duikou.wings.telehealth.queries import desk
from duikou.wings.telehealth.views.acts import at_once, on


@require_POST
@page("consult.answer")
def accept(request: PageRequest, pk: int) -> HttpResponse:
    """The invited side accepts."""
    return at_once(
        request,
        pk,
        lambda one, seen: actions.accept(actor=request.actor, one=one, version=seen),
        _("已接受。请指派专家。"),
    )


@both
@page("consult.answer")
def return_(request: PageRequest, pk: int) -> HttpResponse:
    """Something lacks."""
    return on(
        request,
        pk,
        "host_path",
        "consult.answer",
        lambda _one: forms.ReasonForm(request.POST or None),
        lambda one, data: actions.return_for_completion(actor=request.actor, one=one, **data),
        title=_("退回补充"),
        said=_("已退回。"),
        hint=_("请写明缺什么资料。补充期间不计时。"),
    )


@both
@page("consult.answer")
def decline(request: PageRequest, pk: int) -> HttpResponse:
    """Declined with the reason."""
    return on(
        request,
        pk,
        "host_path",
        "consult.answer",
        lambda _one: forms.ReasonForm(request.POST or None),
        lambda one, data: actions.decline(actor=request.actor, one=one, **data),
        title=_("谢绝"),
        said=_("已谢绝。"),
        hint=_("谢绝须说明理由（规则 TEL-05）。"),
    )


@both
@page("consult.answer")
def assign(request: PageRequest, pk: int) -> HttpResponse:
    """Name the expert, or the experts of a group."""
    found: dict[str, Any] = {}

    def make(one: Consultation) -> forms.AssignForm:
        found["candidates"] = desk.candidates(one)
        found["form"] = forms.AssignForm(request.POST or None, one=one, candidates=found["candidates"])
        form: forms.AssignForm = found["form"]
        return form

    def more(_one: Consultation) -> dict[str, Any]:
        return {
            "candidates": [
                {
                    "name": row.person.name,
                    "title": register.title_label(row.person.title),
                    "specialty": register.specialty_label(row.person.specialty),
                    "fit": not any(reason.blocking for reason in reasons),
                    "reasons": [cited(reason) for reason in reasons],
                }
                for row, reasons in found["candidates"]
            ]
        }

    return on(
        request,
        pk,
        "host_path",
        "consult.answer",
        make,
        lambda one, _data: actions.assign(
            actor=request.actor, one=one, experts=desk.named(one, found["form"].keys())
        ),
        title=_("指派专家"),
        said=_("已指派。专家签发意见不需要实时连线。"),
        template="telehealth/assign.html",
        more=more,
    )


@both
@page("consult.answer")
def release(request: PageRequest, pk: int) -> HttpResponse:
    """Another expert is to be named."""
    return on(
        request,
        pk,
        "host_path",
        "consult.answer",
        lambda _one: forms.ReasonForm(request.POST or None),
        lambda one, data: actions.release(actor=request.actor, one=one, **data),
        title=_("改派专家"),
        said=_("请另行指派专家。"),
    )


def _when(slot: Slot) -> str:
    begins, ends = timezone.localtime(slot.begins_at), timezone.localtime(slot.ends_at)
    return f"{begins:%Y-%m-%d %H:%M}–{ends:%H:%M} · {slot.expert.person.name}"


@both
@page("consult.answer")
def schedule(request: PageRequest, pk: int) -> HttpResponse:
    """A time for a live session."""
    return on(
        request,
        pk,
        "host_path",
        "consult.answer",
        lambda one: forms.SlotForm(request.POST or None, options=scheduling.options(one), words=_when),
        lambda one, data: actions.schedule(
            actor=request.actor, one=one, slot=desk.free_slot(one, data["slot"])
        ),
        title=_("约定连线时间"),
        said=_("时间已约定。"),
        hint=_(
            "从专家登记的空闲时段中选；离邀请方希望的时间近的在前。没有时段的，请专家先登记，或直接书面答复。"
        ),
    )


@both
@page("consult.opinion")
def opinion(request: PageRequest, pk: int) -> HttpResponse:
    """The named expert writes: kept as a draft, or signed. The case is shown beside, which is a look."""
    keeps = request.POST.get("act") == "keep"
    kept: dict[str, forms.OpinionForm] = {}

    def make(one: Consultation) -> forms.OpinionForm:
        seat = seat_of(request.actor, one)
        draft = getattr(seat, "draft", None)
        first = {name: getattr(draft, name) for name in ("findings", "conclusion", "advice")} if draft else {}
        form = forms.DraftForm if keeps else forms.OpinionForm
        kept["form"] = form(request.POST or None, initial=first)
        return kept["form"]

    def do(one: Consultation, _data: Any) -> Any:
        act = actions.save_draft if keeps else actions.sign
        return act(actor=request.actor, one=one, written=kept["form"].written())

    def more(one: Consultation) -> dict[str, Any]:
        opened = actions.open_case(actor=request.actor, one=one, where=Access.Where.PAGE)
        chosen = seat_of(request.actor, one).pictures.count()
        return {"opened": opened, "chosen": chosen, "files": desk.files_of(one) if opened.patient else []}

    return on(
        request,
        pk,
        "",
        "consult.opinion",
        make,
        do,
        title=_("填写意见"),
        said=_("草稿已保存。") if keeps else _("意见已签发，已返回邀请方。"),
        hint=_("签发后不能改动：记下账号、时间和内容摘要值。"),
        template="telehealth/opinion.html",
        more=more,
    )


@require_POST
@page("consult.answer")
def unschedule(request: PageRequest, pk: int) -> HttpResponse:
    """Give the time back."""
    one = desk.find(request.actor, pk)
    require(request.actor, "consult.answer", (one.host_path,))
    return at_once(
        request,
        pk,
        lambda row, _seen: actions.unschedule(actor=request.actor, one=row, reason=_("改为书面答复")),
        _("时间已取消。"),
    )


@require_POST
@page("room.open")
def room(request: PageRequest, pk: int) -> HttpResponse:
    """The live room of a consultation: opened, or the open one."""
    made = actions.open_session(actor=request.actor, one=desk.find(request.actor, pk))
    return redirect("rooms:room", made.pk)
