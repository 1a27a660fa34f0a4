"""Official templates of commissions: cut into clauses of the pack's own, which they may only extend."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.core import documents as store
from duikou.core.actions import act
from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.faces import words
from duikou.core.models import OrgUnit
from duikou.core.scope import Actor
from duikou.engines.clauses import BadPaper
from duikou.engines.clauses.model import Check
from duikou.policy.agreements import AgreementTemplate
from duikou.policy.loader import available_packs, load_pack
from duikou.wings.agreements import documents, papers
from duikou.wings.agreements.models import Agreement, UploadedTemplate

MOST_NAMED = 6  # faults that one message tells


def upload_template(
    *,
    actor: Actor,
    org: OrgUnit,
    title: str,
    kind: str,
    policy_pack: str,
    content: bytes,
    filename: str,
) -> UploadedTemplate:
    """Take an official template: it replaces the one before, for drafts that begin from now on.

    Raises Denied, Missing (no such pack or template), Invalid for a file that cannot be read, or that
    lacks or weakens a duty of the pack.
    """
    if not (title := title.strip()):
        text = _("请填写范本名称。")
        raise Invalid(text, fields={"title": [text]})
    if policy_pack not in available_packs() or kind not in Agreement.Kind.values:
        raise Missing(_("没有这个政策包，或没有这种协议。"))
    pack = load_pack(policy_pack)
    template = papers.template_for(pack, kind)
    if fault := store.fault_of(content, kinds=("docx",)):
        raise Invalid(fault, fields={"file": [fault]})
    official = _read(content, template, papers.minimum_years(pack))
    if not official.accepted:
        told = _("；").join(_faults(official.check)[:MOST_NAMED])
        fault = _("范本没有通过条款检查：%(faults)s") % {"faults": told}
        raise Invalid(fault, fields={"file": [fault]})
    rows = [{"id": clause, "heading": "", "text": text} for clause, text in official.words.items()]
    rows += [{"id": "", "heading": heading, "text": text} for heading, text in official.added]
    with act(
        "agreement_template.upload",
        actor=actor,
        permission="agreement.manage",
        on=org.path or "",
    ) as event:
        document = store.keep(
            content, filename=filename, scope_path=org.path or "", actor=actor, kinds=("docx",)
        )
        UploadedTemplate.objects.filter(org=org, kind=kind, policy_pack=policy_pack, active=True).update(
            active=False
        )
        made = UploadedTemplate.objects.create(
            org=org,
            scope_path=org.path or "",
            title=title,
            kind=kind,
            policy_pack=policy_pack,
            document=document,
            content=rows,
            added=sum(not row["id"] for row in rows),
            uploaded_by_id=actor.user_id,
        )
        event.note(made, after={"kind": kind, "policy_pack": policy_pack, "added": made.added})
    return made


def _read(content: bytes, template: AgreementTemplate, years: int) -> documents.OfficialTemplate:
    """Read the file. Raises Invalid, with the field `file`, for what cannot be read."""
    try:
        return documents.read_official(content, template, minimum_years=years)
    except BadPaper as error:
        fault = words(error.message)
        raise Invalid(fault, fields={"file": [fault]}) from None


def _faults(check: Check) -> list[str]:
    """What the check found, in words: clauses first, then the form of the file."""
    found = [
        f"{words(one.template.title)}（{one.template.source}）：{words(one.reasons[0].message)}"
        if one.reasons
        else f"{words(one.template.title)}（{one.template.source}）"
        for one in check.judgements
        if one.template is not None and one.verdict in ("weakened", "missing")
    ]
    return found + [words(flag.message) for flag in check.flags if flag.refuses]


def retire_template(*, actor: Actor, template: UploadedTemplate) -> None:
    """Use a template no more; agreements drafted from it stay. Raises Denied, Conflict."""
    with act("agreement_template.retire", actor=actor, permission="agreement.manage", on=template) as event:
        rows = UploadedTemplate.objects.filter(pk=template.pk, active=True)
        if not rows.update(active=False, version=template.version + 1):
            raise Conflict(_("这份范本已经停用。"))
        template.refresh_from_db()
        event.note(before={"active": True}, after={"active": False})
