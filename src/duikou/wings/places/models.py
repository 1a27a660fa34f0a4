"""Divisions with history, boundaries, the tile grid, and travel.

A code is not an identity: 330102 was abolished and set up again in 2021 with
another territory. A `Division` is one unit over one unbroken stretch of time;
`DivisionLink`s say what became of it, whole or in part.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from duikou.core.models import OrgUnit


class DivisionQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Divisions are public reference data; they are asked for by date, not by actor."""

    def on(self, day: dt.date) -> Self:
        """Units that existed on `day`."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


class Division(models.Model):
    """An administrative division (行政区划) over one stretch of time: [valid_from, valid_to)."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("省级")
        CITY = "city", _("地级")
        COUNTY = "county", _("县级")

    class Kind(models.TextChoices):
        PROVINCE = "province", _("省")
        CITY = "city", _("地级市")
        DISTRICT = "district", _("市辖区")
        COUNTY_CITY = "county_city", _("县级市")
        COUNTY = "county", _("县")
        AUTONOMOUS_COUNTY = "autonomous_county", _("自治县")

    # S1 speaks of 县: these kinds must be covered; districts are counted apart.
    COUNTY_KINDS: ClassVar[tuple[str, ...]] = (Kind.COUNTY_CITY, Kind.COUNTY, Kind.AUTONOMOUS_COUNTY)

    level = models.CharField(_("层级"), max_length=10, choices=Level)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    code = models.CharField(_("代码"), max_length=6)
    name = models.CharField(_("名称"), max_length=40)
    name_en = models.CharField(_("英文名"), max_length=60, blank=True, default="")
    pinyin = models.CharField(_("拼音"), max_length=60, blank=True, default="")  # syllables, no tones
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    org = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="divisions")
    valid_from = models.DateField(_("起"))
    since_known = models.BooleanField(_("起始日期确知"), default=True)  # else: it existed at the latest then
    valid_to = models.DateField(_("止（不含）"), null=True, blank=True)
    seat_name = models.CharField(_("驻地"), max_length=40, blank=True, default="")
    seat_lon = models.FloatField(_("驻地经度"), null=True, blank=True)  # WGS84 degrees
    seat_lat = models.FloatField(_("驻地纬度"), null=True, blank=True)
    coord_source = models.CharField(_("坐标来源"), max_length=80, blank=True, default="")
    # Where a ferry is needed, great-circle estimates of time do not hold.
    ferry = models.BooleanField(_("须轮渡"), default=False)
    ferry_until = models.DateField(_("轮渡至（不含）"), null=True, blank=True)  # a bridge opened

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("行政区划")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(name="places_division_code_and_start", fields=["code", "valid_from"]),
            models.UniqueConstraint(
                name="places_division_one_current_per_code",
                fields=["code"],
                condition=Q(valid_to__isnull=True),
            ),
            models.CheckConstraint(
                name="places_division_dates_in_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            models.CheckConstraint(
                name="places_division_seat_both_or_none",
                condition=Q(seat_lon__isnull=True, seat_lat__isnull=True)
                | Q(seat_lon__range=(-180, 180), seat_lat__range=(-90, 90)),
            ),
        ]
        indexes = [models.Index(fields=["level", "valid_from", "valid_to"], name="places_division_on_day")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the language of the request; English keeps the Chinese name beside it."""
        english = (get_language() or "").startswith("en") and self.name_en
        return f"{self.name_en} {self.name}" if english else self.name

    def needs_ferry(self, day: dt.date) -> bool:
        """Whether the way there needs a ferry on `day`."""
        return self.ferry and (self.ferry_until is None or day < self.ferry_until)


class DivisionChange(models.Model):
    """One approved change of divisions (区划变更) with its three dates and documents."""

    class Confidence(models.TextChoices):
        HIGH = "high", _("已核对")
        MEDIUM = "medium", _("部分待核实")

    key = models.SlugField(unique=True)
    title = models.CharField(_("事项"), max_length=120)
    title_en = models.CharField(max_length=200)
    effective_on = models.DateField(_("生效"))  # approval date; first of the month where only that is known
    approved_text = models.CharField(_("批准日期（原文）"), max_length=20)
    notice_on = models.DateField(_("通知"), null=True, blank=True)
    inaugurated_on = models.DateField(_("挂牌"), null=True, blank=True)
    approval_document = models.CharField(_("批准文号"), max_length=60, blank=True, default="")
    provincial_document = models.CharField(_("省级文号"), max_length=60, blank=True, default="")
    confidence = models.CharField(_("可信度"), max_length=10, choices=Confidence)
    note = models.CharField(_("备注"), max_length=300, blank=True, default="")
    note_en = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        verbose_name = _("区划变更")
        ordering = ["effective_on", "key"]

    def __str__(self) -> str:
        return self.title


class DivisionLink(models.Model):
    """What a change did: one unit's territory, whole or in part, went to another."""

    class Kind(models.TextChoices):
        COUNTY_TO_DISTRICT = "county_to_district", _("撤县设区")
        COUNTY_CITY_TO_DISTRICT = "county_city_to_district", _("撤市设区")
        COUNTY_TO_COUNTY_CITY = "county_to_county_city", _("撤县设市")
        TERRITORY_TRANSFER = "territory_transfer", _("乡镇街道划转")
        ABOLISHED_MERGED = "abolished_merged", _("撤销并入")
        ABOLISHED_REESTABLISHED = "abolished_reestablished", _("撤销后以同名重设")
        SPLIT_NEW_COUNTY_CITY = "split_new_county_city", _("析置县级市")
        SPLIT_NEW_DISTRICT = "split_new_district", _("析置市辖区")

    class Extent(models.TextChoices):
        WHOLE = "whole", _("整体")
        PART = "part", _("部分")

    change = models.ForeignKey(DivisionChange, on_delete=models.CASCADE, related_name="links")
    predecessor = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="origins")
    kind = models.CharField(_("方式"), max_length=30, choices=Kind)
    extent = models.CharField(_("范围"), max_length=5, choices=Extent)
    territory = models.CharField(_("所涉乡镇街道"), max_length=300, blank=True, default="")
    all_but = models.BooleanField(_("除所列外的全部"), default=False)  # `territory` lists what did not go

    class Meta:
        verbose_name = _("区划沿革")
        constraints = [
            models.UniqueConstraint(
                name="places_link_once_per_change", fields=["change", "predecessor", "successor"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class TileCell(models.Model):
    """One square of the tile-grid map (格网地图), always available and without foreign geometry."""

    edition = models.CharField(_("版本"), max_length=10)  # "2014", "today"
    division = models.ForeignKey(Division, on_delete=models.CASCADE, related_name="tiles")
    col = models.PositiveSmallIntegerField()
    row = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("地图方格")
        constraints = [
            models.UniqueConstraint(name="places_tile_one_per_square", fields=["edition", "col", "row"]),
            models.UniqueConstraint(name="places_tile_one_per_unit", fields=["edition", "division"]),
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.division}"


class BoundarySet(models.Model):
    """Real boundaries imported by the operator, with the source and map-review number to print under them."""

    name = models.CharField(_("名称"), max_length=80)
    source_text = models.CharField(_("来源说明"), max_length=300)
    review_number = models.CharField(_("审图号"), max_length=60, blank=True, default="")
    datum = models.CharField(_("原坐标系"), max_length=10, default="WGS84")
    as_of = models.DateField(_("现势日期"), null=True, blank=True)
    # Merged or simplified outlines are another map: the review number must not be printed under it.
    edited = models.BooleanField(_("经合并或简化"), default=False)
    active = models.BooleanField(_("使用中"), default=True)
    warnings = models.JSONField(_("导入时的提醒"), default=list)  # [{"zh": …, "en": …}]
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("边界数据")
        ordering = ["-imported_at"]
        constraints = [
            models.UniqueConstraint(
                name="places_boundaryset_one_active", fields=["active"], condition=Q(active=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Boundary(models.Model):
    """One unit's outline in WGS84: {"type": "MultiPolygon", "coordinates": …}."""

    boundary_set = models.ForeignKey(BoundarySet, on_delete=models.CASCADE, related_name="boundaries")
    division = models.ForeignKey(Division, on_delete=models.CASCADE, related_name="boundaries")
    geometry = models.JSONField()

    class Meta:
        verbose_name = _("边界")
        constraints = [
            models.UniqueConstraint(name="places_boundary_once", fields=["boundary_set", "division"]),
        ]

    def __str__(self) -> str:
        return str(self.division)


class TravelTime(models.Model):
    """Distance and time between two points, with the kind of knowledge behind it.

    Points are "hospital:<key>" or "division:<code>". Best kind wins: measured,
    then matrix; without a row an estimate is computed and says so.
    """

    class Kind(models.TextChoices):
        MEASURED = "measured", _("实测")
        MATRIX = "matrix", _("路程矩阵")
        ESTIMATE = "estimate", _("估算")

    origin = models.CharField(_("起点"), max_length=80)
    destination = models.CharField(_("终点"), max_length=80)
    mode = models.CharField(_("方式"), max_length=10, default="road")
    km = models.FloatField(_("公里"))
    minutes = models.FloatField(_("分钟"), null=True, blank=True)
    kind = models.CharField(_("依据"), max_length=10, choices=Kind)
    source = models.CharField(_("来源"), max_length=200)
    as_of = models.DateField(_("日期"))

    class Meta:
        verbose_name = _("路程")
        constraints = [
            models.UniqueConstraint(
                name="places_travel_once", fields=["origin", "destination", "mode", "kind"]
            ),
            models.CheckConstraint(
                name="places_travel_not_negative",
                condition=Q(km__gte=0) & (Q(minutes__isnull=True) | Q(minutes__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin} → {self.destination}"
