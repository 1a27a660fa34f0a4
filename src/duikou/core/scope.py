"""Who acts, and what they may see: the one choke point of row access.

An `Actor` is an account with its grants on one day (or the system itself). Rows with
a place in the organisation tree derive from `Scoped` and are read through
`Model.objects.visible_to(actor)`; nothing else in a face may touch a manager.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from duikou.core.paths import contains, enclosing
from duikou.core.roles import roles

if TYPE_CHECKING:
    from duikou.core.models import User

ROOT = ""  # lies above every path


@dataclass(frozen=True, slots=True)
class Grant:
    """One valid grant of an actor."""

    role: str
    org_id: int
    org_kind: str
    org_name: str
    path: str

    @property
    def permissions(self) -> frozenset[str]:
        """What the role allows."""
        return roles()[self.role].permissions


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: an account with the grants valid today, or the system."""

    user_id: int | None
    label: str
    grants: tuple[Grant, ...] = ()
    limit: frozenset[str] | None = None  # permissions an API token is limited to; None = no limit
    is_system: bool = False

    def _allows(self, permission: str) -> bool:
        return self.limit is None or permission in self.limit

    def paths(self, permission: str) -> tuple[str, ...]:
        """Paths under which the actor has `permission`, without those that lie inside another."""
        if self.is_system:
            return (ROOT,)
        if not self._allows(permission):
            return ()
        found = sorted({g.path for g in self.grants if permission in g.permissions})
        kept: list[str] = []
        for path in found:  # an ancestor sorts directly before its descendants
            if not kept or not contains(kept[-1], path):
                kept.append(path)
        return tuple(kept)

    def may(self, permission: str, path: str | None = None) -> bool:
        """Whether the actor has `permission` at `path` (anywhere, when `path` is None)."""
        if path is None:
            return bool(self.paths(permission))
        return any(contains(allowed, path) for allowed in self.paths(permission))

    def may_any(self, permission: str, paths: Iterable[str]) -> bool:
        """Whether the actor has `permission` at one of `paths` at least."""
        return any(self.may(permission, path) for path in paths)

    def place_for(self, permission: str, paths: Iterable[str]) -> str:
        """The first of `paths` where the actor has `permission`.

        The first of all where there is none, so that the refusal names the permission that lacks there.
        """
        allowed, first = self.paths(permission), ""
        for path in paths:
            first = first or path
            if any(contains(mine, path) for mine in allowed):
                return path
        return first

    def limited_to(self, scopes: Iterable[str]) -> Actor:
        """The same actor, limited to the permissions of an API token."""
        return replace(self, limit=frozenset(scopes))

    @property
    def permissions(self) -> frozenset[str]:
        """All permissions that the actor has somewhere."""
        everything: frozenset[str] = frozenset().union(*(g.permissions for g in self.grants))
        return everything if self.limit is None else everything & self.limit

    @property
    def home(self) -> Grant | None:
        """The grant highest up in the tree: where the actor's overview starts."""
        return min(self.grants, key=lambda g: (len(g.path), g.path), default=None)


NOBODY = Actor(None, "匿名")
SYSTEM = Actor(None, "系统", is_system=True)


def actor_for(user: User, on: dt.date | None = None) -> Actor:
    """The actor behind an account, with the grants valid on a day (default: today)."""
    from duikou.core.models import RoleGrant

    if not user.is_active:
        return NOBODY
    day = on or timezone.localdate()
    rows = (
        RoleGrant.objects.filter(user=user, valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        .values_list("role", "org_id", "org__kind", "org__name", "org__path")
    )
    known = roles()
    grants = tuple(Grant(*row) for row in rows if row[0] in known)
    return Actor(user.pk, str(user), grants)


def within(paths: Iterable[str], fields: Iterable[str]) -> Q:
    """Condition: one of `fields` (path columns) lies under one of `paths`."""
    fields = tuple(fields)
    conditions = []
    for path in paths:
        if path == ROOT:
            return Q()
        conditions += [Q(**{f"{field}__within": path}) for field in fields]
    return reduce(or_, conditions) if conditions else Q(pk__in=[])


HOSPITAL_DEPTH = 3  # nation, province, hospital: no hospital lies higher


def around(paths: Iterable[str], fields: Iterable[str]) -> Q:
    """Condition: one of `fields` is the hospital that a department-level path lies in."""
    ancestors = {above for path in paths for above in enclosing(path, HOSPITAL_DEPTH)}
    conditions = [Q(**{f"{field}__in": sorted(ancestors)}) for field in fields] if ancestors else []
    return reduce(or_, conditions) if conditions else Q(pk__in=[])


class ScopedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Query set of a `Scoped` model."""

    def visible_to(self, actor: Actor, permission: str | None = None) -> Self:
        """Only rows that `actor` may see (or has `permission` for, when given)."""
        paths = actor.paths(permission or self.model.read_permission)
        seen = self.model.visibility(paths)
        own = None if permission else self.model.own_rows(actor)
        # An empty condition means everything; "or" would take it for nothing.
        return self.filter(seen | own if seen and own else seen)


class Scoped(models.Model):
    """A row with a place in the organisation tree."""

    scope_fields: ClassVar[tuple[str, ...]] = ("scope_path",)  # path columns: one inside suffices
    read_permission: ClassVar[str] = ""
    # Is a hospital's row also for those who act for one of its departments? (Reading only:
    # acts ask `scope_paths`, which lie above a department's grant.)
    for_departments: ClassVar[bool] = False
    # Whose own row it is (a lookup of an account's number), and the permission that lets one see one's own.
    own_field: ClassVar[str] = ""
    own_permission: ClassVar[str] = ""

    class Meta:
        abstract = True

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """Condition for being visible from `paths`; a model may widen it."""
        inside = within(paths, cls.scope_fields)
        return inside | around(paths, cls.scope_fields) if cls.for_departments and inside else inside

    @classmethod
    def own_rows(cls, actor: Actor) -> Q | None:
        """Condition for being the actor's own, wherever it lies; None where nothing can be."""
        if not cls.own_field or actor.user_id is None or not actor.may(cls.own_permission):
            return None
        return Q(**{cls.own_field: actor.user_id})

    def scope_paths(self) -> tuple[str, ...]:
        """This row's own paths, for checks of single acts."""

        def value(field: str) -> Any:
            return reduce(getattr, field.split("__"), self)

        return tuple(path for path in map(value, self.scope_fields) if path)
