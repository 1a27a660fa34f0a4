"""Rounds, pairings as printed and as resolved, imports, aid programmes, department links, findings."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from duikou.core.models import OrgUnit, User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet, within
from duikou.wings.hospitals.models import Hospital, Mark
from duikou.wings.people.models import Person
from duikou.wings.places.models import Division


class Round(models.Model):
    """One edition of a province's pairing tables (轮次), judged by one policy pack.

    Rounds are public facts: everybody may see that they exist; their pairings are scoped.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草拟")
        ACTIVE = "active", _("执行中")
        CLOSED = "closed", _("已结束")

    key = models.SlugField(_("标识"), unique=True)
    name = models.CharField(_("名称"), max_length=120)
    name_en = models.CharField(_("英文名称"), max_length=160, blank=True, default="")
    org = models.ForeignKey(OrgUnit, verbose_name=_("省"), on_delete=models.PROTECT, related_name="rounds")
    policy_pack = models.CharField(_("政策包"), max_length=60)
    start = models.DateField(_("起"))
    end = models.DateField(_("止（含）"))
    divisions_on = models.DateField(_("区划日期"))  # the day whose division table the round was printed by
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="next")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    # How first and last day are known, and why these days, where the documents do not print them.
    term_mark = models.CharField(_("起止依据"), max_length=10, choices=Mark, default=Mark.ENTERED)
    term_note = models.CharField(_("起止说明"), max_length=300, blank=True, default="")
    term_note_en = models.CharField(max_length=400, blank=True, default="")
    revision = models.PositiveIntegerField(default=1)  # grows with every write to the round's pairings
    version = models.PositiveIntegerField(default=1)  # grows with every change of the round itself
    history = HistoricalRecords(excluded_fields=["revision", "version"])

    class Meta:
        verbose_name = _("轮次")
        ordering = ["-start", "-id"]
        constraints = [
            models.CheckConstraint(name="pairings_round_dates_in_order", condition=Q(end__gt=F("start"))),
        ]

    def __str__(self) -> str:
        if self.name_en and (get_language() or "").startswith("en"):
            return self.name_en
        return self.name


class AnnexBatch(Scoped):
    """One uploaded pairing table (导入批次): the file as it came, its reading, its fate."""

    scope_fields = ("scope_path",)
    read_permission = "pairing.import"

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="batches")
    scope_path = PathField()  # the authority that imports: province or city
    filename = models.CharField(_("文件名"), max_length=200)
    content = models.BinaryField()  # exactly as it came
    sha256 = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(_("文件类型"), max_length=20, blank=True, default="")
    encoding = models.CharField(_("编码"), max_length=20, blank=True, default="")
    state = models.CharField(_("状态"), max_length=12, default="uploaded")  # workflow.toml: annex_batch
    version = models.PositiveIntegerField(default=1)
    refusal = models.JSONField(null=True, blank=True)  # the issue for which the file cannot be read at all
    issues = models.JSONField(default=list)  # what is wrong with the file but with no single row
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    created = models.PositiveIntegerField(_("新增结对"), default=0)
    already_there = models.PositiveIntegerField(_("已有结对"), default=0)
    job_id = models.CharField(max_length=64, blank=True, default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("导入批次")
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.filename


class AnnexRow(models.Model):
    """One row of an uploaded table as read and as resolved so far."""

    batch = models.ForeignKey(AnnexBatch, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    where = models.JSONField(default=dict)  # places in the file: {"row": {…}, "<column>": {…}}
    raw = models.JSONField(default=dict)  # the cells as they came, by column
    covered = models.JSONField(default=dict)  # texts of cells merged over this row's, by column
    dropped = models.BooleanField(default=False)  # left out by the importing officer
    edited = models.BooleanField(default=False)  # changed by hand or by an accepted repair
    table = models.CharField(max_length=2)
    group = models.CharField(_("地区"), max_length=40, blank=True, default="")
    running_number = models.PositiveIntegerField(null=True, blank=True)
    supporter_printed = models.CharField(_("支援医院（原文）"), max_length=200)
    recipient_printed = models.CharField(_("受援医院（原文）"), max_length=200)
    supporter = models.ForeignKey(Hospital, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Hospital, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supporter_resolution = models.CharField(max_length=10, default="none")
    recipient_resolution = models.CharField(max_length=10, default="none")
    candidates = models.JSONField(default=dict)  # by side: [{"key", "name", "score", "why": {"zh", "en"}}]
    chosen = models.JSONField(default=list)  # sides whose hospital a person chose
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    kind = models.CharField(max_length=10, default="normal")
    departments = models.JSONField(default=list)
    reason = models.CharField(max_length=500, blank=True, default="")
    issues = models.JSONField(default=list)  # what is wrong with this row, with repairs

    class Meta:
        verbose_name = _("导入行")
        ordering = ["batch_id", "position"]
        constraints = [
            models.UniqueConstraint(name="pairings_annexrow_position", fields=["batch", "position"]),
        ]

    def __str__(self) -> str:
        return f"{self.supporter_printed} → {self.recipient_printed}"


class PairingQuerySet(ScopedQuerySet):
    """Pairings, also by date."""

    def on(self, day: dt.date) -> Self:
        """Pairings in force on `day`: who supported whom then."""
        return self.filter(start__lte=day, end__gte=day)

    def standing(self, today: dt.date) -> Self:
        """The tables as they stand: without pairings that were ended early before `today`."""
        return self.filter(Q(ended_reason="") | Q(end__gte=today))


class Pairing(Scoped):
    """A dated, typed pairing (结对): supporter → recipient, with the raw table cells kept beside."""

    class Kind(models.TextChoices):
        NORMAL = "normal", _("对口支援")
        BRANCH = "branch", _("分院")
        TRUSTEE = "trustee", _("托管")
        UNION = "union", _("医联体")
        GROUP = "group", _("医院集团")

    class Level(models.TextChoices):
        PROVINCIAL = "provincial", _("省级")
        MUNICIPAL = "municipal", _("市级")
        MILITARY = "military", _("军队")

    scope_fields = ("supporter_path", "recipient_path")
    read_permission = "pairing.view"
    for_departments = True

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="pairings")
    table = models.CharField(_("表"), max_length=2)  # "1" the province's, "2" the cities'
    group = models.CharField(_("地区"), max_length=40, blank=True, default="")
    position = models.PositiveIntegerField(_("次序"))
    running_number = models.PositiveIntegerField(_("支援数"), null=True, blank=True)
    supporter = models.ForeignKey(
        Hospital, verbose_name=_("支援医院"), on_delete=models.PROTECT, related_name="supports"
    )
    recipient = models.ForeignKey(
        Hospital, verbose_name=_("受援医院"), on_delete=models.PROTECT, related_name="supported_by"
    )
    supporter_path = PathField()
    recipient_path = PathField()
    # Who decides on this row (PAIR-06): the province for table 1, the heading's city for table 2.
    authority_path = PathField()
    supporter_printed = models.CharField(_("支援医院（原文）"), max_length=200)
    recipient_printed = models.CharField(_("受援医院（原文）"), max_length=200)
    supporter_resolution = models.CharField(max_length=10)
    recipient_resolution = models.CharField(max_length=10)
    recipient_division = models.ForeignKey(  # the recipient's county on the round's division date
        Division, verbose_name=_("受援县（市、区）"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("形式"), max_length=10, choices=Kind, default=Kind.NORMAL)
    level = models.CharField(_("层级"), max_length=12, choices=Level)
    start = models.DateField(_("起"))
    end = models.DateField(_("止（含）"))
    departments = models.JSONField(_("限定科室"), default=list)
    reason = models.CharField(_("理由"), max_length=500, blank=True, default="")
    batch = models.ForeignKey(
        AnnexBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="pairings"
    )
    ended_reason = models.CharField(_("终止理由"), max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = PairingQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["version"])

    class Meta:
        verbose_name = _("结对")
        ordering = ["round_id", "position"]
        constraints = [
            models.UniqueConstraint(
                name="pairings_pairing_once_per_table",
                fields=["round", "table", "supporter", "recipient", "start"],
            ),
            models.CheckConstraint(name="pairings_pairing_dates_in_order", condition=Q(end__gte=F("start"))),
            models.CheckConstraint(
                name="pairings_pairing_two_hospitals", condition=~Q(supporter=F("recipient"))
            ),
        ]
        indexes = [
            models.Index(fields=["start", "end"], name="pairings_pairing_dates"),
            models.Index(fields=["round", "recipient_division"], name="pairings_pairing_county"),
        ]

    def __str__(self) -> str:
        return f"{self.supporter_printed} → {self.recipient_printed}"


class AidLoad(Scoped):
    """What else a hospital carries (其他援助任务): Tibet, Xinjiang, mountain-sea … (PAIR-07)."""

    class Programme(models.TextChoices):
        TIBET = "tibet", _("援藏")
        XINJIANG = "xinjiang", _("援疆")
        QINGHAI = "qinghai", _("援青")
        GUIZHOU = "guizhou", _("援贵")
        SICHUAN = "sichuan", _("援川")
        HAINAN = "hainan", _("援琼")
        MOUNTAIN_SEA = "mountain_sea", _("山海协作")
        POVERTY = "poverty", _("扶贫开发")
        SINKING = "sinking", _("优质资源下沉")
        OTHER = "other", _("其他")

    scope_fields = ("hospital__scope_path",)
    read_permission = "pairing.view"

    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="aid_loads")
    programme = models.CharField(_("任务"), max_length=16, choices=Programme)
    beneficiary = models.CharField(_("受援单位"), max_length=120, blank=True, default="")
    person_months = models.PositiveIntegerField(_("每年人月"), null=True, blank=True)
    start = models.DateField(_("起"))
    end = models.DateField(_("止（含）"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=200)
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords(excluded_fields=["version"])

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("其他援助任务")
        ordering = ["hospital_id", "start"]
        constraints = [
            models.CheckConstraint(
                name="pairings_aidload_dates_in_order", condition=Q(end__isnull=True) | Q(end__gte=F("start"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hospital} · {self.get_programme_display()}"


class DepartmentLink(Scoped):
    """Department supports department (科室对科室), with both first-responsible persons (AGR-18)."""

    scope_fields = ("pairing__supporter_path", "pairing__recipient_path")
    read_permission = "pairing.view"

    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="department_links")
    specialty = models.CharField(_("专业"), max_length=40)
    supporter_head = models.ForeignKey(
        Person,
        verbose_name=_("支援方第一责任人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recipient_head = models.ForeignKey(
        Person,
        verbose_name=_("受援方第一责任人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    start = models.DateField(_("起"))
    end = models.DateField(_("止（含）"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    history = HistoricalRecords(excluded_fields=["version"])

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("科室对口")
        ordering = ["pairing_id", "specialty"]
        constraints = [
            models.UniqueConstraint(
                name="pairings_departmentlink_once",
                fields=["pairing", "specialty"],
                condition=Q(end__isnull=True),
            ),
            models.CheckConstraint(
                name="pairings_departmentlink_dates_in_order",
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pairing} · {self.specialty}"


class AuditRun(models.Model):
    """One audit of a round (核查): what was counted, by which pack, and what changed since the last."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="audit_runs")
    number = models.PositiveIntegerField(_("次"))
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    as_of = models.DateField(_("日期"))
    revision = (
        models.PositiveIntegerField()
    )  # the round's revision that was read: an older one is out of date
    pack_digest = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)  # supporters, pairings, recipients
    coverage = models.JSONField(default=dict)  # `recorded.reach_of`: what overviews show of the round
    tally = models.JSONField(default=list)  # `recorded.tally_of`: standing findings by rule
    by_rule = models.JSONField(default=dict)
    by_severity = models.JSONField(default=dict)
    added = models.PositiveIntegerField(_("新增"), default=0)
    gone = models.PositiveIntegerField(_("消除"), default=0)
    unchanged = models.PositiveIntegerField(_("未变"), default=0)
    changes = models.JSONField(default=dict)  # ids of findings: {"new": […], "gone": […], "changed": […]}
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("核查")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(name="pairings_auditrun_number", fields=["round", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.round} #{self.number}"


class Finding(Scoped):
    """A deviation of a round from its policy (核查发现), with its own life: workflow.toml, `finding`."""

    class Severity(models.TextChoices):
        ERROR = "error", _("错误")
        WARNING = "warning", _("警告")
        NOTE = "note", _("提示")

    read_permission = "finding.view"

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="findings")
    key = models.CharField(max_length=200)
    rule = models.CharField(_("规则"), max_length=20)
    clause = models.CharField(_("条款"), max_length=200)
    mark = models.CharField(_("依据"), max_length=10)
    severity = models.CharField(_("程度"), max_length=8, choices=Severity)
    rank = models.PositiveSmallIntegerField(default=0)  # order in lists: errors first, then position
    subjects = models.JSONField(default=list)  # names as printed
    subject_keys = models.JSONField(default=list)  # "hospital:<key>", "unit:<code>", "name:<text>"
    rows = models.JSONField(default=list)  # ids of the pairings that prove it
    texts = models.JSONField(default=dict)  # {"message": {"zh", "en"}, "expected", "found", "suggestion"}
    first_run = models.ForeignKey(AuditRun, on_delete=models.PROTECT, related_name="+")
    last_run = models.ForeignKey(AuditRun, on_delete=models.PROTECT, related_name="+")
    present = models.BooleanField(_("仍存在"), default=True)  # found by the newest run
    state = models.CharField(_("状态"), max_length=20, default="open")
    version = models.PositiveIntegerField(default=1)
    assignee = models.ForeignKey(
        OrgUnit, verbose_name=_("承办单位"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due = models.DateField(_("期限"), null=True, blank=True)
    reason = models.CharField(_("例外理由"), max_length=1000, blank=True, default="")
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("核查发现")
        ordering = ["rank", "id"]
        constraints = [
            models.UniqueConstraint(name="pairings_finding_key_once", fields=["round", "key"]),
        ]
        indexes = [
            models.Index(fields=["round", "present", "state", "rank"], name="pairings_finding_desk"),
            models.Index(fields=["round", "rule"], name="pairings_finding_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {'、'.join(self.subjects)}"

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """Visible when one of its places lies inside."""
        if paths == ("",):
            return Q()
        if not paths:
            return Q(pk__in=[])
        inside = FindingScope.objects.filter(within(paths, ("path",))).values("finding_id")
        return Q(pk__in=inside)

    def scope_paths(self) -> tuple[str, ...]:
        """All places that the finding concerns."""
        return tuple(scope.path for scope in self.scopes.all())

    def text(self, part: str) -> str:
        """`message`, `expected`, `found` or `suggestion` in the language of the request."""
        language = "en" if (get_language() or "").startswith("en") else "zh"
        return str(self.texts.get(part, {}).get(language, ""))


class FindingScope(models.Model):
    """A place in the organisation tree that a finding concerns."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="scopes")
    path = PathField()

    class Meta:
        verbose_name = _("发现涉及范围")
        constraints = [models.UniqueConstraint(name="pairings_findingscope_once", fields=["finding", "path"])]

    def __str__(self) -> str:
        return self.path


class FindingRow(models.Model):
    """A pairing that proves a finding; the finding's own `rows` keep their order."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="proof")
    pairing = models.ForeignKey(Pairing, on_delete=models.CASCADE, related_name="finding_rows")

    class Meta:
        verbose_name = _("发现依据的结对")
        constraints = [
            models.UniqueConstraint(name="pairings_findingrow_once", fields=["finding", "pairing"])
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} · {self.pairing_id}"
