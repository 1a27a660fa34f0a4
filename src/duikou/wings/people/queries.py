"""What the faces read about persons, accounts and grants; scoped to the actor and set-based."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.models import OrgUnit, RoleGrant, User
from duikou.core.paths import WIDTH
from duikou.core.roles import Role, roles
from duikou.core.scope import Actor, ScopedQuerySet, within
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.queries import named
from duikou.wings.people.models import Person

ABOVE = " / "  # between the names of a place and those above it

# ---------------------------------------------------------------- persons


def persons(actor: Actor) -> ScopedQuerySet:
    """The persons that `actor` may see, with hospital, department and account."""
    rows: ScopedQuerySet = Person.objects.visible_to(actor)
    return rows.select_related("hospital__division__parent", "department", "user")


def find_person(actor: Actor, pk: int) -> Person:
    """One person; raises Missing when there is none or not for this actor's eyes."""
    person = persons(actor).filter(pk=pk).first()
    if person is None:
        raise Missing(_("没有编号为 %(pk)s 的人员，或不在您的查看范围内。") % {"pk": pk})
    return person


def may_edit(actor: Actor, person: Person) -> bool:
    """Whether the actor may correct the person's entry."""
    return actor.may_any("person.edit", person.scope_paths())


def may_move(actor: Actor, person: Person) -> bool:
    """Whether the actor answers for more than the own hospital, so that there is somewhere to move."""
    return may_edit(actor, person) and any(
        not path.startswith(person.hospital.scope_path) for path in actor.paths("person.edit")
    )


def staffed_hospitals(actor: Actor, text: str = "") -> QuerySet[Hospital]:
    """Hospitals in force whose persons the actor keeps; `text` finds old and misspelt names too."""
    rows = Hospital.objects.filter(
        within(actor.paths("person.edit"), ("scope_path",)), state=Hospital.State.ACTIVE
    )
    return rows.filter(named(text)) if text.strip() else rows


def find_staffed_hospital(actor: Actor, pk: int) -> Hospital:
    """One hospital whose persons the actor keeps; raises Missing."""
    hospital = staffed_hospitals(actor).filter(pk=pk).first()
    if hospital is None:
        raise Missing(_("没有编号为 %(pk)s 的医院，或您不能维护它的人员。") % {"pk": pk})
    return hospital


def departments_of(hospital: Hospital) -> QuerySet[Department]:
    """The hospital's departments in being."""
    return Department.objects.filter(hospital=hospital, closed_on=None).order_by("name")


def accounts_at(hospital: Hospital) -> QuerySet[User]:
    """Accounts that have, or had, a role at the hospital or one of its departments."""
    grants = RoleGrant.objects.filter(org__path__within=hospital.scope_path)
    return User.objects.filter(pk__in=grants.values("user")).order_by("username")


# ---------------------------------------------------------------- accounts


def accounts(actor: Actor) -> QuerySet[User]:
    """Accounts with a role, now or once, inside the actor's area; from the nation: all."""
    paths = actor.paths("account.view")
    if any(len(path) <= WIDTH for path in paths):
        return User.objects.order_by("username")
    inside = RoleGrant.objects.visible_to(actor).values("user")
    return User.objects.filter(pk__in=inside).order_by("username")


def find_account(actor: Actor, pk: int) -> User:
    """One account; raises Missing when there is none or not for this actor's eyes."""
    user = accounts(actor).filter(pk=pk).first()
    if user is None:
        raise Missing(_("没有编号为 %(pk)s 的账号，或不在您的查看范围内。") % {"pk": pk})
    return user


def in_force(day: dt.date) -> Q:
    """Condition: a grant that holds on `day`."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def holding(role: str) -> Exists:
    """Condition on accounts: they hold `role` today."""
    return Exists(RoleGrant.objects.filter(in_force(timezone.localdate()), user=OuterRef("pk"), role=role))


def with_second_factor() -> Exists:
    """Condition on accounts: a second factor is set up."""
    return Exists(_factors().filter(user=OuterRef("pk")))


def _factors() -> QuerySet[Authenticator]:
    """Factors that count; recovery codes alone do not."""
    return Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)


def second_factors(ids: Collection[int]) -> dict[int, list[str]]:
    """Kinds of second factor by account."""
    found: dict[int, list[str]] = defaultdict(list)
    for user, kind in _factors().filter(user__in=ids).order_by("type").values_list("user", "type"):
        if kind not in found[user]:
            found[user].append(kind)
    return found


def grants_of(actor: Actor, ids: Collection[int]) -> dict[int, list[RoleGrant]]:
    """The grants of accounts that the actor may see, those in force first, by account."""
    today = timezone.localdate()
    rows = (
        RoleGrant.objects.visible_to(actor)
        .filter(user__in=ids)
        .select_related("org", "granted_by")
        .annotate(
            over=Case(When(valid_to__lt=today, then=Value(1)), default=Value(0), output_field=IntegerField())
        )
        .order_by("over", "org__path", "role", "-valid_from")
    )
    found: dict[int, list[RoleGrant]] = defaultdict(list)
    for grant in rows:
        if grant.role in roles():
            found[grant.user_id].append(grant)
    return found


def own_grants(actor: Actor) -> list[RoleGrant]:
    """The actor's own grants in force: seen without a permission."""
    rows = RoleGrant.objects.filter(in_force(timezone.localdate()), user=actor.user_id)
    return [grant for grant in rows.select_related("org").order_by("org__path") if grant.role in roles()]


def find_grant(actor: Actor, user: User, pk: int) -> RoleGrant:
    """One grant of an account; raises Missing when there is none or not for this actor's eyes."""
    rows = RoleGrant.objects.visible_to(actor).select_related("org", "user")
    grant = rows.filter(user=user, pk=pk).first()
    if grant is None:
        raise Missing(_("没有这项授权，或不在您的查看范围内。"))
    return grant


def hidden_grants(actor: Actor, user: User) -> int:
    """How many grants in force of the account lie outside what the actor may see."""
    held = RoleGrant.objects.filter(in_force(timezone.localdate()), user=user)
    return held.exclude(pk__in=RoleGrant.objects.visible_to(actor).values("pk")).count()


def answers_for(actor: Actor, user: User) -> bool:
    """Whether the actor may reset and close the account: never one's own, and only with all its places."""
    today = timezone.localdate()
    if user.pk == actor.user_id:
        return False
    held = user.grants.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today)) or user.grants.all()
    places = {grant.org.path or "" for grant in held.select_related("org")}
    if not places:
        return any(len(path) <= WIDTH for path in actor.paths("account.manage"))
    return all(actor.may("account.manage", place) for place in places)


MIXED = (  # permissions that should not meet in one hand: running the system, and business or audit
    frozenset({"account.manage"}),
    frozenset({"pairing.edit", "pairing.import", "finding.accept", "finding.work", "audit.view"}),
)


def mixes_duties(grants: Iterable[RoleGrant]) -> bool:
    """Whether somebody both runs the system and takes part in business or audit."""
    today = timezone.localdate()
    held = [grant for grant in grants if grant.valid_to is None or grant.valid_to >= today]
    allowed: frozenset[str] = frozenset().union(*(grant.role_data.permissions for grant in held))
    return all(allowed & side for side in MIXED)


# ---------------------------------------------------------------- places of the organisation


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation unit with the names above it, as it is chosen in a form."""

    unit: OrgUnit
    label: str  # 浙江省 / 杭州市 / 上城区

    @property
    def kind(self) -> str:
        """The level, in words."""
        return str(self.unit.get_kind_display())


def manageable_places(actor: Actor, text: str, *, kinds: Collection[str] = (), most: int = 12) -> list[Place]:
    """Units where the actor may open accounts, whose name contains the last part of `text`.

    Parts before it, divided by "/", must be contained in names above: 杭州/上城. Exact
    names first. Empty `text`: the highest units.
    """
    *above, name = [part.strip() for part in text.split("/")]
    rows = OrgUnit.objects.filter(within(actor.paths("account.manage"), ("path",)))
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if name:
        rows = rows.filter(name__icontains=name)
    rows = rows.annotate(
        closeness=Case(
            When(name=name, then=Value(0)),
            When(name__startswith=name, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
    ).order_by("closeness", "path")
    wanted = 200 if above else most  # names above are compared here: a unit's path holds numbers only
    found = [place for place in _labelled(rows[:wanted]) if _lies_below(place, above)]
    return found[:most]


def place_named(actor: Actor, text: str, *, kinds: Collection[str] = ()) -> Place | None:
    """The one unit that `text` means, or None when there is none or more than one."""
    text = text.strip()
    found = manageable_places(actor, text, kinds=kinds, most=50) if text else []
    name = text.split("/")[-1].strip()
    exact = [place for place in found if place.label == text] or [
        place for place in found if place.unit.name == name
    ]
    found = exact or found
    return found[0] if len(found) == 1 else None


def _lies_below(place: Place, above: list[str]) -> bool:
    names = place.label.split(ABOVE)[:-1]
    return all(any(part in name for name in names) for part in above)


def _labelled(rows: Iterable[OrgUnit]) -> list[Place]:
    units = list(rows)
    numbers = {
        int(unit.path[i : i + WIDTH]) for unit in units if unit.path for i in range(0, len(unit.path), WIDTH)
    }
    names = dict(
        OrgUnit.objects.filter(pk__in=numbers).exclude(kind=OrgUnit.Kind.NATION).values_list("pk", "name")
    )
    return [Place(unit, _label(unit, names)) for unit in units]


def _label(unit: OrgUnit, names: dict[int, str]) -> str:
    path = unit.path or ""
    numbers = (int(path[i : i + WIDTH]) for i in range(0, len(path), WIDTH))
    return ABOVE.join(names[number] for number in numbers if number in names) or unit.name


def label_of(unit: OrgUnit) -> str:
    """A unit's name with those above it."""
    return _labelled([unit])[0].label


def grantable_roles(actor: Actor) -> list[Role]:
    """Roles that can be granted at a level at or below the actor's own places."""
    order = [kind.value for kind in OrgUnit.Kind]
    highest = min(
        (order.index(g.org_kind) for g in actor.grants if "account.manage" in g.permissions),
        default=len(order),
    )
    return [role for role in roles().values() if any(order.index(kind) >= highest for kind in role.kinds)]
