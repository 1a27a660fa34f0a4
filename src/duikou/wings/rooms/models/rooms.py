"""Rooms, who may come in, and what lies on their stage."""

from __future__ import annotations

import re
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField, enclosing
from duikou.core.scope import HOSPITAL_DEPTH, ROOT, Actor, Scoped, ScopedQuerySet, within


class MemberQuerySet(models.QuerySet["Member"]):
    """Who may come in."""

    def standing_for(self, actor: Actor) -> Self:
        """Those that let the actor in: the own account, or a place that the actor acts for or within."""
        paths = actor.paths("room.join")
        if ROOT in paths:
            return self.all()
        if not paths:
            return self.none()
        above = {outer for path in paths for outer in enclosing(path, HOSPITAL_DEPTH)}
        return self.filter(Q(user=actor.user_id) | within(paths, ("path",)) | Q(path__in=sorted(above)))


class RoomQuerySet(ScopedQuerySet):
    """Rooms."""

    def visible_to(self, actor: Actor, permission: str | None = None) -> Self:
        """Rooms that the actor may come into; to everybody else they are not there."""
        return self.filter(pk__in=Member.objects.standing_for(actor).values("room"))


class Room(Scoped):
    """A live room (会诊室): opened for something, kept as a record of who was there after it is closed."""

    class State(models.TextChoices):
        OPEN = "open", _("开放")
        CLOSED = "closed", _("已关闭")

    class Way(models.TextChoices):
        DIRECT = "direct", _("点对点")
        SERVER = "server", _("会议服务器")

    scope_fields = ("scope_path",)
    read_permission = "room.join"

    reference = models.CharField(_("事由编号"), max_length=40, blank=True, default="")  # consultation:12
    title = models.CharField(_("名称"), max_length=120)
    scope_path = PathField()  # of who opened it
    state = models.CharField(_("状态"), max_length=6, choices=State, default=State.OPEN)
    way = models.CharField(_("连接方式"), max_length=6, choices=Way, default=Way.DIRECT)
    last_number = models.PositiveIntegerField(default=0)  # of the room's messages
    opened_at = models.DateTimeField(_("开放时间"), default=timezone.now)
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(_("关闭时间"), null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("会诊室")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="rooms_room_one_open_for_a_reference",
                fields=["reference"],
                condition=Q(state="open") & ~Q(reference=""),
            ),
            models.CheckConstraint(
                name="rooms_room_closed_with_its_time",
                condition=Q(state="open", closed_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind(self) -> str:
        """What it was opened for: the word before the colon of its reference."""
        return self.reference.partition(":")[0]


class Member(models.Model):
    """Somebody, or everybody of a hospital or department, who may come in."""

    class Part(models.TextChoices):
        HOST = "host", _("主持人")
        SPEAKER = "speaker", _("参加")
        WATCHER = "watcher", _("旁听")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    path = PathField(blank=True, default="")  # of a hospital or department
    label = models.CharField(_("成员"), max_length=120)
    part = models.CharField(_("角色"), max_length=8, choices=Part, default=Part.SPEAKER)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("会诊室成员")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="rooms_member_is_a_person_or_a_place",
                condition=Q(user__isnull=False, path="") | (Q(user__isnull=True) & ~Q(path="")),
            ),
            models.UniqueConstraint(
                name="rooms_member_person_once",
                fields=["room", "user"],
                condition=Q(user__isnull=False),
            ),
            models.UniqueConstraint(
                name="rooms_member_place_once", fields=["room", "path"], condition=~Q(path="")
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Exhibit(models.Model):
    """Something for the shared stage, served by this site under its own rules of access."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("图像")
        SERIES = "series", _("影像序列")
        SLIDE = "slide", _("数字切片")
        BOARD = "board", _("白板")

    # Of these the address names what is shown: the page of a study, or of a slide.
    ADDRESSES: ClassVar[dict[Kind, re.Pattern[str]]] = {
        Kind.SERIES: re.compile(r"/app/imaging/studies/([0-9.]{1,64})/"),
        Kind.SLIDE: re.compile(r"/app/slides/([0-9a-f]{16})/(?:overview/)?"),
    }

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="exhibits")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("类别"), max_length=6, choices=Kind)
    title = models.CharField(_("名称"), max_length=120)
    source = models.CharField(_("地址"), max_length=300, blank=True, default="")  # a path of this site

    class Meta:
        verbose_name = _("展示材料")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="rooms_exhibit_one_at_a_position", fields=["room", "position"]),
            models.CheckConstraint(
                name="rooms_exhibit_of_this_site",
                condition=Q(kind="board", source="")
                | (Q(source__startswith="/") & ~Q(source__startswith="//") & ~Q(kind="board")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def fits(cls, kind: str, source: str) -> bool:
        """Whether an address can be that of an exhibit of a kind."""
        address = cls.ADDRESSES.get(cls.Kind(kind))
        return address is None or address.fullmatch(source) is not None

    @property
    def named(self) -> str:
        """The study's UID or the slide's number in its address; empty for other kinds."""
        address = self.ADDRESSES.get(self.Kind(self.kind))
        found = address.fullmatch(self.source) if address else None
        return found[1] if found else ""
