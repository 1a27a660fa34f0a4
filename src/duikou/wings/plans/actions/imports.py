"""Task lists as workbooks: taken whole, or kept with every fault for the one who made it."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Invalid
from duikou.core.scope import Actor
from duikou.wings.pairings.sheets import MAX_BYTES
from duikou.wings.plans.actions._common import check_draft
from duikou.wings.plans.actions.tasks import add_tasks
from duikou.wings.plans.demands import demands
from duikou.wings.plans.models import SupportPlan, TaskBatch
from duikou.wings.plans.queries.ones import found_ones
from duikou.wings.plans.task_lists import read_tasks


def import_tasks(
    *, actor: Actor, plan: SupportPlan, version: int, content: bytes, filename: str
) -> TaskBatch:
    """Add the tasks of a workbook to a year's draft: all of them, or none while a row is wrong.

    The file is kept as it came, with what is wrong with it. Raises Denied, Invalid for an empty or
    oversized file, Conflict when the list is no draft or was changed meanwhile.
    """
    with act("plan.import", actor=actor, permission="plan.edit", on=plan) as event:
        if plan.kind != SupportPlan.Kind.YEAR:
            raise Invalid(_("任务写在年度任务清单里；三年规划写总目标和重点科室。"))
        check_draft(plan)
        if not 0 < len(content) <= MAX_BYTES:
            raise Invalid(
                _("文件应在 1 字节与 %(most)d MB 之间；实际为 %(found)d 字节。")
                % {"most": MAX_BYTES >> 20, "found": len(content)},
                fields={"file": [_("请另选文件。")]},
            )
        taken = {kind for _recipient, kind in found_ones([plan.recipient_id], plan.year or 0)}
        reading = read_tasks(content, demands(plan.policy_pack), plan.start, plan.end, taken)
        if not reading.issues:
            add_tasks(actor=actor, plan=plan, version=version, several=reading.tasks)
        batch = TaskBatch.objects.create(
            plan=plan,
            filename="".join(letter for letter in filename if letter.isprintable())[-200:] or "—",
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            cells=reading.cells if reading.issues else [],
            issues=[issue.as_json() for issue in reading.issues],
            taken=0 if reading.issues else len(reading.tasks),
            uploaded_by_id=actor.user_id,
        )
        event.note(
            plan,
            after={"filename": batch.filename, "tasks": batch.taken, "issues": len(batch.issues)},
            scope_path=plan.recipient_path,
        )
    return batch
