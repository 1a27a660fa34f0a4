"""The hospital register: dated names, levels and places; aliases; departments; capability; name reviews."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from duikou.core.models import OrgUnit, User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.engines.pairing.names import index_form
from duikou.wings.places.models import Division

# Without a first day means "as far back as is known": first, on every database.
OLDEST_FIRST = F("valid_from").asc(nulls_first=True)


class Mark(models.TextChoices):
    """How a fact is known: the same four marks as in the policy packs."""

    SEED = "seed", _("文件原文")
    FOUND = "found", _("公开来源")
    RECALLED = "recalled", _("待核实")
    INFERRED = "inferred", _("推断，待核实")
    ENTERED = "entered", _("用户录入")


class Hospital(Scoped):
    """A hospital (医院). Its identity is the row, never the name: names and places are dated."""

    class Kind(models.TextChoices):
        GENERAL = "general", _("综合医院")
        SPECIALISED = "specialised", _("专科医院")
        TCM = "tcm", _("中医医院")
        INTEGRATED = "integrated", _("中西医结合医院")
        MATERNAL_CHILD = "maternal_child", _("妇幼保健院")
        PSYCHIATRIC = "psychiatric", _("精神病医院")
        DENTAL = "dental", _("口腔医院")
        EYE = "eye", _("眼科医院")
        TOWNSHIP = "township", _("乡镇卫生院")
        OTHER = "other", _("其他")

    class Field(models.TextChoices):
        """What a specialised hospital is for; the same words that the names' reader infers."""

        CARDIOLOGY = "cardiology", _("心血管")
        DENTAL = "dental", _("口腔")
        DERMATOLOGY = "dermatology", _("皮肤")
        GERIATRICS = "geriatrics", _("老年")
        INFECTIOUS_DISEASES = "infectious_diseases", _("传染病")
        OBSTETRICS_GYNAECOLOGY = "obstetrics_gynaecology", _("妇产")
        OCCUPATIONAL_DISEASES = "occupational_diseases", _("职业病")
        ONCOLOGY = "oncology", _("肿瘤")
        OPHTHALMOLOGY = "ophthalmology", _("眼科")
        ORTHOPAEDICS = "orthopaedics", _("骨科、骨伤")
        OTORHINOLARYNGOLOGY = "otorhinolaryngology", _("耳鼻咽喉")
        PAEDIATRICS = "paediatrics", _("儿科")
        PROCTOLOGY = "proctology", _("肛肠")
        PSYCHIATRY = "psychiatry", _("精神卫生")
        REHABILITATION = "rehabilitation", _("康复")
        NONE = "", _("无")

    class Level(models.TextChoices):
        TERTIARY_A = "三级甲等", _("三级甲等")
        TERTIARY_B = "三级乙等", _("三级乙等")
        TERTIARY_C = "三级丙等", _("三级丙等")
        TERTIARY = "三级", _("三级")
        SECONDARY_A = "二级甲等", _("二级甲等")
        SECONDARY_B = "二级乙等", _("二级乙等")
        SECONDARY_C = "二级丙等", _("二级丙等")
        SECONDARY = "二级", _("二级")
        PRIMARY_A = "一级甲等", _("一级甲等")
        PRIMARY_B = "一级乙等", _("一级乙等")
        PRIMARY_C = "一级丙等", _("一级丙等")
        PRIMARY = "一级", _("一级")
        UNKNOWN = "", _("未登记")

    class Ownership(models.TextChoices):
        PUBLIC = "public", _("公立")
        MILITARY = "military", _("军队")
        POLICE = "police", _("武警")
        ENTERPRISE = "enterprise", _("企业")
        PRIVATE = "private", _("社会办")

    class Tier(models.TextChoices):
        PROVINCIAL = "provincial", _("省级")
        MUNICIPAL = "municipal", _("市级")
        COUNTY = "county", _("县级及以下")

    class Role(models.TextChoices):
        SUPPORTER = "supporter", _("支援方")
        RECIPIENT = "recipient", _("受援方")
        BOTH = "both", _("支援并受援")
        NONE = "", _("未列入")

    class State(models.TextChoices):
        ACTIVE = "active", _("在册")
        MERGED = "merged", _("已并入")
        CLOSED = "closed", _("已注销")

    class CoordLevel(models.TextChoices):
        EXACT = "exact", _("院址")
        LOCALITY = "locality", _("所在乡镇（近似）")
        COUNTY_SEAT = "county_seat", _("县政府驻地（近似）")
        UNKNOWN = "", _("未知")

    scope_fields = ("scope_path",)
    read_permission = "hospital.view"
    for_departments = True

    key = models.SlugField(_("标识"), max_length=80, unique=True)
    org = models.OneToOneField(OrgUnit, on_delete=models.PROTECT, related_name="hospital")
    scope_path = PathField()  # the org unit's path, copied for scoped range queries
    name = models.CharField(_("名称"), max_length=120)  # the name shown now; all names are in HospitalName
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    field = models.CharField(_("专科方向"), max_length=40, choices=Field, blank=True, default="")
    level = models.CharField(_("等级"), max_length=20, choices=Level, blank=True, default="")
    level_mark = models.CharField(_("等级依据"), max_length=10, choices=Mark, default=Mark.RECALLED)
    ownership = models.CharField(_("举办主体"), max_length=12, choices=Ownership, default=Ownership.PUBLIC)
    tier = models.CharField(_("隶属层级"), max_length=12, choices=Tier)
    # What the register lists it for; who really supports whom, and when, is told by the pairings.
    role = models.CharField(_("登记身份"), max_length=10, choices=Role, blank=True, default="")
    development_zone = models.BooleanField(_("开发区医院"), default=False)
    main_county_hospital = models.BooleanField(_("县级主要综合医院"), default=False)
    division = models.ForeignKey(  # where it lies today; HospitalPlace has the history
        Division, verbose_name=_("所在县（市、区）"), on_delete=models.PROTECT, related_name="hospitals"
    )
    lon = models.FloatField(_("经度"), null=True, blank=True)  # WGS84 degrees
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    coord_level = models.CharField(_("坐标精度"), max_length=12, choices=CoordLevel, blank=True, default="")
    note = models.CharField(_("备注"), max_length=300, blank=True, default="")
    mark = models.CharField(_("依据"), max_length=10, choices=Mark, default=Mark.ENTERED)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ACTIVE)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    closed_on = models.DateField(_("注销日期"), null=True, blank=True)
    version = models.PositiveIntegerField(
        default=1
    )  # counts every change of the entry and of what hangs on it

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["version"])

    class Meta:
        verbose_name = _("医院")
        ordering = ["scope_path", "name"]
        constraints = [
            models.CheckConstraint(
                name="hospitals_hospital_merged_has_target",
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="hospitals_hospital_closed_has_date",
                condition=Q(state="closed", closed_on__isnull=False)
                | (~Q(state="closed") & Q(closed_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="hospitals_hospital_point_both_or_none",
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
            ),
        ]
        indexes = [models.Index(fields=["name", "id"], name="hospitals_by_name")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """Own hospitals, and the partners in their pairings (the pairings wing adds those as links)."""
        own = super().visibility(paths)
        if paths == ("",) or not paths:
            return own
        partners = HospitalPartner.objects.filter(_own(paths)).values("partner_id")
        return own | Q(pk__in=partners)


def _own(paths: tuple[str, ...]) -> Q:
    condition = Q()
    for path in paths:
        condition |= Q(hospital__scope_path__within=path)
    return condition


class HospitalPartner(models.Model):
    """Two hospitals that are, or were, paired: whoever may see one may see the other's entry.

    Kept by the pairings wing (both directions), so that the register stays above it.
    """

    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="partner_links")
    partner = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("协作医院")
        constraints = [
            models.UniqueConstraint(name="hospitals_partner_once", fields=["hospital", "partner"]),
        ]

    def __str__(self) -> str:
        return f"{self.hospital} – {self.partner}"


class HospitalName(models.Model):
    """A name or alias (名称与别名) with its kind and validity. Old names stay searchable."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("现用名")
        FULL = "full", _("全称")
        SHORT = "short", _("简称")
        OLD = "old", _("旧名")
        VARIANT = "variant", _("异写")
        TYPO = "typo", _("误写")
        SAME_AS = "same_as", _("又名")

    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(_("名称"), max_length=120)
    folded = models.CharField(max_length=120, db_index=True, editable=False)  # for look-ups: 於 and 于 meet
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    valid_from = models.DateField(_("起"), null=True, blank=True)
    valid_to = models.DateField(_("止（不含）"), null=True, blank=True)
    mark = models.CharField(_("依据"), max_length=10, choices=Mark, default=Mark.ENTERED)
    note = models.CharField(_("说明"), max_length=300, blank=True, default="")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("医院名称")
        ordering = ["hospital_id", "kind", OLDEST_FIRST, "id"]
        constraints = [
            models.UniqueConstraint(  # a name may be given up and taken again: only open entries are unique
                name="hospitals_name_once",
                fields=["hospital", "name", "kind"],
                condition=Q(valid_to__isnull=True),
            ),
            models.UniqueConstraint(
                name="hospitals_name_one_current_official",
                fields=["hospital"],
                condition=Q(kind="official", valid_to__isnull=True),
            ),
            models.CheckConstraint(
                name="hospitals_name_dates_in_order",
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the form used by look-ups."""
        self.folded = index_form(self.name)
        super().save(*args, **kwargs)


class HospitalPlace(models.Model):
    """Where a hospital lay, and when (所在区划沿革): [valid_from, valid_to)."""

    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="places")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(_("起"), null=True, blank=True)
    valid_to = models.DateField(_("止（不含）"), null=True, blank=True)

    class Meta:
        verbose_name = _("所在区划")
        ordering = ["hospital_id", OLDEST_FIRST]
        constraints = [
            models.CheckConstraint(
                name="hospitals_place_dates_in_order",
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
            ),
            models.UniqueConstraint(
                name="hospitals_place_one_current", fields=["hospital"], condition=Q(valid_to__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hospital} · {self.division}"

    @staticmethod
    def on(day: dt.date) -> Q:
        """Condition: the place held on `day`."""
        return (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (
            Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )


class HospitalLevel(models.Model):
    """A grade (等级) with its validity and source."""

    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="levels")
    level = models.CharField(_("等级"), max_length=20, choices=Hospital.Level)
    valid_from = models.DateField(_("起"), null=True, blank=True)
    valid_to = models.DateField(_("止（不含）"), null=True, blank=True)
    mark = models.CharField(_("依据"), max_length=10, choices=Mark, default=Mark.ENTERED)
    source = models.CharField(_("来源"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("等级沿革")
        ordering = ["hospital_id", OLDEST_FIRST]
        constraints = [
            models.CheckConstraint(
                name="hospitals_level_dates_in_order",
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gt=F("valid_from")),
            ),
            models.UniqueConstraint(
                name="hospitals_level_one_current", fields=["hospital"], condition=Q(valid_to__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hospital} · {self.level}"


class Succession(models.Model):
    """A merge or a split (合并、拆分): from whom to whom, when, on what basis. Never undone by deleting.

    A merger holds from its date on; a duplicate entry was one hospital all along, so
    it holds for every date. An undone step stays on record with its date and reason.
    """

    class Kind(models.TextChoices):
        MERGE = "merge", _("机构合并")
        DUPLICATE = "duplicate", _("重复登记合并")
        SPLIT = "split", _("机构拆分")

    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    origin = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="successions")
    result = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="origins")
    on = models.DateField(_("日期"))
    document = models.CharField(_("依据文件"), max_length=200, blank=True, default="")
    reason = models.CharField(_("理由"), max_length=500)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    taken_names = models.JSONField(default=list)  # ids of the names that the result took over
    undone_on = models.DateField(_("撤回日期"), null=True, blank=True)
    undone_reason = models.CharField(_("撤回理由"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("医院沿革")
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="hospitals_succession_two_hospitals", condition=~Q(origin=F("result"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} → {self.result}"


class Department(Scoped):
    """A department (科室) of a hospital, by the specialty catalogue of the policy pack."""

    class State(models.TextChoices):
        PRESENT = "present", _("已设")
        WEAK = "weak", _("薄弱")
        MISSING = "missing", _("缺")

    scope_fields = ("hospital__scope_path",)
    read_permission = "hospital.view"

    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="departments")
    specialty = models.CharField(_("专业"), max_length=40)  # id in the pack's specialties
    name = models.CharField(_("科室名称"), max_length=60)
    state = models.CharField(_("状况"), max_length=8, choices=State, default=State.PRESENT)
    opened_on = models.DateField(_("设立"), null=True, blank=True)
    closed_on = models.DateField(_("撤销"), null=True, blank=True)
    # What people act for; made when the first of them comes (`units.unit_of`).
    org = models.OneToOneField(
        OrgUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="department"
    )

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["org"])

    class Meta:
        verbose_name = _("科室")
        ordering = ["hospital_id", "specialty"]
        constraints = [
            models.UniqueConstraint(
                name="hospitals_department_once",
                fields=["hospital", "specialty", "name"],
                condition=Q(closed_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Capability(Scoped):
    """Whether a hospital masters a technique (技术能力记录), with its first case and both approvals.

    Written by the wing of capabilities alone: all of it follows from approvals and recorded cases.
    """

    class State(models.TextChoices):
        NONE = "none", _("未开展")
        LEARNING = "learning", _("指导下开展")
        INDEPENDENT = "independent", _("独立开展")

    scope_fields = ("hospital__scope_path",)
    read_permission = "hospital.view"

    hospital = models.ForeignKey(Hospital, on_delete=models.CASCADE, related_name="capabilities")
    technique = models.CharField(_("技术"), max_length=60)  # id in the pack's techniques
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.NONE)
    first_case_on = models.DateField(_("首例日期"), null=True, blank=True)
    approved_here = models.BooleanField(_("本院已批准"), default=False)
    approved_by_supporter = models.BooleanField(_("支援医院已批准"), default=False)

    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("技术能力")
        ordering = ["hospital_id", "technique"]
        constraints = [
            models.UniqueConstraint(name="hospitals_capability_once", fields=["hospital", "technique"]),
            models.CheckConstraint(
                name="hospitals_capability_first_case_of_something",
                condition=~Q(state="none") | Q(first_case_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hospital} · {self.technique}"


class NameReview(Scoped):
    """An uncertain match of a printed name (名称匹配裁定), waiting for a person or decided by one."""

    scope_fields = ("scope_path",)
    read_permission = "hospital.view"

    printed = models.CharField(_("原文"), max_length=200)
    context = models.CharField(_("出处"), max_length=200)
    on = models.DateField(_("所指日期"))
    scope_path = PathField()  # the city or province whose table printed the name
    # Ranked, best first: [{"hospital": id, "confidence": 0…1, "why": [{"zh": …, "en": …}]}]
    candidates = models.JSONField(_("候选"), default=list)
    state = models.CharField(max_length=12, default="waiting")  # workflow.toml: name_review
    version = models.PositiveIntegerField(default=1)
    decided = models.ForeignKey(Hospital, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("名称匹配裁定")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="hospitals_review_one_waiting",
                fields=["printed", "scope_path"],
                condition=Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return self.printed
