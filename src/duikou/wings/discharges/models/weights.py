"""Weights of a scheme's groups that a province has set."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField, enclosing
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.discharges.models.reference import Scheme


class WeightTable(Scoped):
    """One imported table of weights (权重表); what was imported never changes, a new edition is a new table.

    It holds for the province that set it: everybody inside sees it, and sees the figures
    weighed by the one in use.
    """

    scope_fields = ("scope_path",)
    read_permission = "discharge.view"

    scope_path = PathField()  # the province's
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="weight_tables")
    name = models.CharField(_("名称"), max_length=80)
    edition = models.CharField(_("版本"), max_length=40)
    filename = models.CharField(_("文件名"), max_length=200)
    sha256 = models.CharField(_("校验值"), max_length=64)  # of the weights, whatever the file looked like
    weights: models.JSONField[Any, Any] = models.JSONField()  # group → weight in 1e-4
    missing: models.JSONField[Any, Any] = models.JSONField(default=list)  # groups without a weight
    in_use = models.BooleanField(_("使用中"), default=False)
    imported_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(_("导入时间"), auto_now_add=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("权重表")
        ordering = ["scheme", "name", "-imported_at"]
        constraints = [
            models.UniqueConstraint(
                name="discharges_weighttable_edition", fields=["scope_path", "scheme", "name", "edition"]
            ),
            models.UniqueConstraint(
                name="discharges_weighttable_one_in_use", fields=["scope_path"], condition=Q(in_use=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.edition}"

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """Also for whoever lies inside the province."""
        above = {around for path in paths for around in enclosing(path, 1)}
        return super().visibility(paths) | Q(scope_path__in=above)
