"""On post, from the arrival to the appraisal: the acts of every stay, in the words of a posting."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duikou.wings.postings.models import Appraisal, Leave, Posting
from duikou.wings.postings.workflows import POSTING
from duikou.wings.stays.acts import StayActs, Words

ACTS: StayActs[Posting, Leave, Appraisal] = StayActs(
    POSTING,
    Leave,
    Appraisal,
    Words(
        ended="派驻已结束 / the posting has ended",
        late=_("到岗日期 %(on)s 晚于计划的最后一天 %(last)s。请核对，或撤回后重新提名。"),
        not_come=_("该人员没有到岗（%(state)s）。请先登记到岗。"),
        no_end=_("该人员尚未到岗，不能结束派驻。请撤回提名。"),
        early=_("提前结束（计划到 %(day)s）须写明理由：支援不得无故终止（规则 AGR-13）。"),
        outside=_("请假 %(first)s 至 %(last)s 超出在岗日期 %(from)s 至 %(to)s。"),
        strayed=_("“%(what)s”会落在在岗日期之外。请先撤回或更正它。"),
        last_day=_("在岗的不填最后在岗日，已结束的必须填写。"),
        no_year=_("%(year)s 年不在岗：在岗日期为 %(first)s 至 %(last)s。"),
        too_soon=_("考核日期 %(on)s 早于到岗或考核年度。请改正日期。"),
    ),
)
