"""Tables that every wing stands on: organisation, accounts, grants, audit chain."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from duikou.core.paths import WIDTH, PathField, child_path
from duikou.core.roles import Role, roles
from duikou.core.scope import Scoped, ScopedQuerySet


class OrgUnit(models.Model):
    """A node of the organisation tree (组织): nation, province, city, county, hospital, department.

    It stands for the authority or institution that people act for. Divisions and
    hospitals point to it; their own history does not change it.
    """

    class Kind(models.TextChoices):
        NATION = "nation", _("国家")
        PROVINCE = "province", _("省")
        CITY = "city", _("市")
        COUNTY = "county", _("县（市、区）")
        HOSPITAL = "hospital", _("医院")
        DEPARTMENT = "department", _("科室")

    kind = models.CharField(_("级别"), max_length=12, choices=Kind)
    name = models.CharField(_("名称"), max_length=120)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    path = PathField(unique=True, null=True, default=None, editable=False)

    class Meta:
        verbose_name = _("组织")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(
                name="core_orgunit_only_nation_has_no_parent",
                condition=Q(kind="nation", parent__isnull=True)
                | (~Q(kind="nation") & Q(parent__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new unit gets its path from its own number and its parent's path."""
        super().save(*args, **kwargs)
        if self.path is None:
            parent_path = self.parent.path if self.parent else ""
            self.path = child_path(parent_path or "", self.pk)
            type(self).objects.filter(pk=self.pk).update(path=self.path)


class User(AbstractUser):
    """An account (账号). Accounts are opened by administrators; nobody signs up."""

    display_name = models.CharField(_("姓名"), max_length=60, blank=True)
    must_change_password = models.BooleanField(_("下次登录须修改密码"), default=False)
    language = models.CharField(_("界面语言"), max_length=10, blank=True, default="")

    class Meta:
        verbose_name = _("账号")
        constraints = [
            # The sign-in looks names up without regard to case: Zoe and zoe must be one.
            models.UniqueConstraint(Lower("username"), name="core_user_name_once_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username


class RoleGrant(Scoped):
    """A role held by an account at one organisation unit, for a time (授权)."""

    scope_fields = ("org__path",)
    read_permission = "account.view"

    user = models.ForeignKey(User, verbose_name=_("账号"), on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(_("角色"), max_length=40)
    org = models.ForeignKey(OrgUnit, verbose_name=_("组织"), on_delete=models.PROTECT, related_name="grants")
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止（含）"), null=True, blank=True)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("授权")
        constraints = [
            models.CheckConstraint(
                name="core_rolegrant_dates_in_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.UniqueConstraint(
                name="core_rolegrant_one_open_per_place",
                fields=["user", "role", "org"],
                condition=Q(valid_to__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role} · {self.org}"

    @property
    def role_data(self) -> Role:
        """The role's entry in roles.toml."""
        return roles()[self.role]


class ApiToken(models.Model):
    """A token for the REST API (接口令牌): kept as a digest; never allows more than its owner may."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("用途"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)  # first characters, to tell tokens apart
    scopes = models.JSONField(_("权限"), default=list)  # permission ids
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("到期"))
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("接口令牌")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"


class AuditEvent(Scoped):
    """One link of the audit chain (审计事件). Written by `core.actions` only; never changed.

    `digest` = HMAC-SHA-256(audit key, previous digest + canonical JSON of the event).
    Triggers refuse UPDATE and DELETE on both databases; `duikou audit verify`
    recomputes the chain.
    """

    scope_fields = ("scope_path",)
    read_permission = "audit.view"

    number = models.BigIntegerField(_("序号"), primary_key=True)
    at = models.DateTimeField(_("时间"), db_index=True)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(_("操作人"), max_length=120)
    action = models.CharField(_("操作"), max_length=60, db_index=True)
    target_type = models.CharField(max_length=40)
    target_id = models.CharField(max_length=40)
    target_label = models.CharField(_("对象"), max_length=200)
    scope_path = PathField(blank=True, default="")
    before = models.JSONField(_("变更前"), null=True)
    after = models.JSONField(_("变更后"), null=True)
    reason = models.CharField(_("理由"), max_length=1000, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("审计事件")
        ordering = ["-number"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="core_audit_target")]

    def __str__(self) -> str:
        return f"#{self.number} {self.action}"

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """Events of no place (of the system, of accounts without a role) are seen from the nation."""
        inside = super().visibility(paths)
        return inside | Q(scope_path="") if any(len(path) <= WIDTH for path in paths) else inside


class AuditHead(models.Model):
    """The chain's newest link: one row, so that a cut-off tail is noticed and writers queue up on it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)
    seal = models.CharField(max_length=64, default="")  # HMAC over number and digest

    class Meta:
        verbose_name = _("审计链头")
        constraints = [models.CheckConstraint(name="core_audithead_single", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"#{self.number}"


class StoredDocument(models.Model):
    """A file that somebody handed in (存档文件); kept by `core.documents`, guarded by its holder."""

    filename = models.CharField(_("文件名"), max_length=120)
    kind = models.CharField(_("类型"), max_length=8)  # a key of documents.KINDS
    size = models.PositiveBigIntegerField(_("字节数"))
    sha256 = models.CharField(max_length=64, db_index=True)
    scope_path = PathField()  # the organisation that it belongs to: for counts, not for access
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("存档文件")
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.filename


from duikou.core.jobs.models import Job, Schedule  # noqa: E402,F401  (tables of this app)
from duikou.core.search.models import SearchEntry  # noqa: E402,F401  (a table of this app)
from duikou.core.uploads.models import Upload  # noqa: E402,F401  (a table of this app)
