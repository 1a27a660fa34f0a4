"""What a person does to a batch: repair, edit, choose, leave out, commit, take back."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from duikou.core.errors import Invalid
from duikou.core.faces import done
from duikou.core.jobs.actions import request_job
from duikou.core.pages import PageRequest, View, page
from duikou.engines.pairing.annex import Field
from duikou.wings.hospitals.queries import register_on
from duikou.wings.pairings.actions import imports as actions
from duikou.wings.pairings.actions import repairs
from duikou.wings.pairings.jobs import audit_round_again
from duikou.wings.pairings.models import AnnexBatch
from duikou.wings.pairings.queries import imports as queries
from duikou.wings.pairings.views.import_rows import row_page


def _text(request: PageRequest, name: str) -> str:
    """A text of the form; raises Invalid for control characters, which no cell may hold."""
    found = request.POST.get(name, "").strip()
    if len(found) > 500 or not found.isprintable():
        raise Invalid(_("应为不超过 500 个字的一行文字，不含控制字符。"))
    return found


def _version(request: PageRequest) -> int:
    text = request.POST.get("version", "")
    if not text.isdecimal():
        raise Invalid(_("页面已过时，请刷新后再试。"))
    return int(text)


def _position(request: PageRequest) -> int:
    text = request.POST.get("position", "")
    if not text.isdecimal():
        raise Invalid(_("没有指明是哪一行，请刷新后再试。"))
    return int(text)


@require_POST
@page("pairing.import")
def repair(request: PageRequest, pk: int) -> HttpResponse:
    """Make offered repairs: of one issue (`repair`), of one code (`code`), or all (`all`)."""
    found = queries.batch(request.actor, pk)
    position, _colon, code = request.POST.get("repair", "").partition(":")
    count = repairs.apply_repairs(
        actor=request.actor,
        batch=found,
        version=_version(request),
        position=int(position) if position.isdecimal() else None,
        code=code or _text(request, "code"),
    )
    done(request, ngettext("已修正 %(count)d 处。", "已修正 %(count)d 处。", count) % {"count": count})
    return _back(request, pk)


def _back(request: PageRequest, pk: int) -> HttpResponseRedirect:
    """To the row that the act was about, else to the preview."""
    position = request.POST.get("position", "")
    if position.isdecimal():
        return HttpResponseRedirect(reverse("pairings:batch_row", args=[pk, int(position)]))
    return HttpResponseRedirect(reverse("pairings:batch", args=[pk]))


@require_POST
@page("pairing.import")
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Set one cell by hand."""
    batch = queries.batch(request.actor, pk)  # first of all: what lies outside the scope is not there
    column, position = request.POST.get("column", ""), _position(request)
    if column not in {field.value for field in repairs.EDITABLE}:
        raise Invalid(_("这一列不能修改。"))
    try:
        repairs.edit_cell(
            actor=request.actor,
            batch=batch,
            version=_version(request),
            position=position,
            column=Field(column),
            value=_text(request, "value"),
        )
    except Invalid as error:
        return row_page(request, pk, position, str(error.message))
    done(request, _("已修改第 %(row)d 行。") % {"row": position})
    return _back(request, pk)


@require_POST
@page("pairing.import")
def choose(request: PageRequest, pk: int) -> HttpResponse:
    """Say which hospital a name means: a candidate by key, or any other by its registered name."""
    found, position = queries.batch(request.actor, pk), _position(request)
    try:
        name = _text(request, "name")
        repairs.choose_hospital(
            actor=request.actor,
            batch=found,
            version=_version(request),
            position=position,
            side=_text(request, "side"),
            hospital=_key_of(found, name) if name else _text(request, "hospital"),
            alias_kind=_text(request, "alias"),
        )
    except Invalid as error:
        return row_page(request, pk, position, str(error.message))
    done(request, _("已选定医院，同名的行一并更新。"))
    return _back(request, pk)


def _key_of(found: AnnexBatch, name: str) -> str:
    match = register_on(found.round.divisions_on).resolve(name, found.round.divisions_on)
    if match.hospital is None:
        near = _("、").join(one.hospital.name for one in match.candidates[:5]) or _("没有相近的名称")
        raise Invalid(_("登记中没有“%(found)s”。相近的有：%(near)s。") % {"found": name, "near": near})
    return match.hospital.key


def _simple(act: Callable[[PageRequest, AnnexBatch], str]) -> View:
    """A page for an act that needs nothing but the batch; `act` returns what to tell."""

    @require_POST
    @page("pairing.import")
    def view(request: PageRequest, pk: int) -> HttpResponse:
        done(request, act(request, queries.batch(request.actor, pk)))
        return _back(request, pk)

    return view


def _drop(request: PageRequest, found: AnnexBatch) -> str:
    repairs.drop_row(actor=request.actor, batch=found, version=_version(request), position=_position(request))
    return _("已删去第 %(row)d 行；可随时恢复。") % {"row": _position(request)}


def _restore(request: PageRequest, found: AnnexBatch) -> str:
    repairs.restore_row(
        actor=request.actor, batch=found, version=_version(request), position=_position(request)
    )
    return _("已恢复第 %(row)d 行。") % {"row": _position(request)}


def _recheck(request: PageRequest, found: AnnexBatch) -> str:
    repairs.recheck_names(actor=request.actor, batch=found, version=_version(request))
    return _("已按最新的登记重新对应名称。")


def _ask(request: PageRequest, found: AnnexBatch) -> str:
    count = repairs.ask_reviewers(actor=request.actor, batch=found)
    return _("已把 %(count)d 个名称提交裁定；裁定之后请重新对应名称。") % {"count": count}


def _commit(request: PageRequest, found: AnnexBatch) -> str:
    found.version = _version(request)
    done_batch = actions.commit_batch(actor=request.actor, batch=found)
    round_ = found.round
    request_job(
        audit_round_again,
        round_.key,
        actor=request.actor,
        scope_path=round_.org.path or "",
        subject=str(round_),
        dedupe=f"audit-{round_.pk}",
    )
    return _("整批导入完成：新增 %(created)d 对，已有 %(there)d 对。核查已在后台开始。") % {
        "created": done_batch.created,
        "there": done_batch.already_there,
    }


def _withdraw(request: PageRequest, found: AnnexBatch) -> str:
    actions.withdraw_batch(actor=request.actor, batch=found)
    return _("批次已撤回。")


def _revoke(request: PageRequest, found: AnnexBatch) -> str:
    count = actions.revoke_batch(actor=request.actor, batch=found, reason=request.POST.get("reason", ""))
    return _("已撤销：%(count)d 对结对已移除。") % {"count": count}


drop = _simple(_drop)
restore = _simple(_restore)
recheck = _simple(_recheck)
ask = _simple(_ask)
commit = _simple(_commit)
withdraw = _simple(_withdraw)
revoke = _simple(_revoke)
