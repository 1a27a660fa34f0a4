"""Persons: entered, corrected, and noted as having left."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require, require_reason
from duikou.core.errors import Conflict, DuikouError, Invalid
from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.people.models import Person

# What S1 §三 speaks of: the titles of health personnel, highest first, as suggestions; free text is allowed.
TITLES = ("主任医师", "副主任医师", "主治医师", "住院医师", "主任护师", "副主任护师", "主管护师", "护师")
POSTS = ("院长", "副院长", "科室主任", "科室副主任", "护士长", "医务科长", "联络员")


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """What a form or an API call says about a person."""

    name: str
    title: str = ""
    post: str = ""
    department: Department | None = None
    user: User | None = None
    left_on: dt.date | None = None
    # What decides on being posted: since when the title is held, and for what the person is registered.
    title_since: dt.date | None = None
    specialty: str = ""
    registered_scope: str = ""

    def checked(self, hospital: Hospital, holder: User | None = None) -> PersonEntry:
        """The entry without surrounding space. Raises Invalid, naming every field that is wrong.

        `holder` is the account that the person has already: it stays theirs when they move.
        """
        entry = replace(
            self,
            name=self.name.strip(),
            title=self.title.strip(),
            post=self.post.strip(),
            registered_scope=self.registered_scope.strip(),
        )
        fields: dict[str, list[str]] = {}
        for field, longest in (("name", 60), ("title", 40), ("post", 40), ("registered_scope", 80)):
            value = getattr(entry, field)
            if len(value) > longest or not value.isprintable():
                fields[field] = [_("最多 %(most)s 个字，不能含控制字符。") % {"most": longest}]
        if not entry.name:
            fields["name"] = [_("请填写姓名。")]
        if entry.department is not None and entry.department.hospital_id != hospital.pk:
            fields["department"] = [_("所选科室不属于“%(hospital)s”。") % {"hospital": hospital.name}]
        if entry.left_on is not None and entry.left_on > timezone.localdate():
            fields["left_on"] = [_("离任日期不能晚于今天。")]
        if entry.title_since is not None and entry.title_since > timezone.localdate():
            fields["title_since"] = [_("任职时间不能晚于今天。")]
        if entry.title_since is not None and not entry.title:
            fields["title_since"] = [_("请先填写职称。")]
        if entry.specialty and entry.specialty not in dict(catalogue.specialty_choices()):
            fields["specialty"] = [_("没有这个专业，请从列表中选择。")]
        if entry.user is not None and entry.user != holder and not _works_at(entry.user, hospital):
            fields["user"] = [_("账号“%(user)s”在该院没有角色，不能对应。") % {"user": entry.user.username}]
        if fields:
            raise Invalid(_("人员没有保存，请修改标出的内容。"), fields=fields)
        return entry

    def values(self) -> dict[str, Any]:
        """The fields by name; rows stay rows."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def as_noted(self) -> dict[str, object]:
        """For the audit trail."""
        values = {key: value for key, value in self.values().items() if value not in ("", None)}
        return {
            key: value if isinstance(value, str | dt.date) else str(value) for key, value in values.items()
        }


def enter_person(*, actor: Actor, hospital: Hospital, entry: PersonEntry) -> Person:
    """Enter somebody who works at a hospital.

    Raises Denied outside the actor's scope, Invalid for values that do not fit, Conflict
    when the account already belongs to somebody.
    """
    with act("person.enter", actor=actor, permission="person.edit", on=hospital.scope_path) as event:
        entry = entry.checked(hospital)
        person = Person(hospital=hospital, **entry.values())
        _save(person)
        event.note(person, after={"hospital": hospital.name, **entry.as_noted()})
    return person


def correct_person(*, actor: Actor, person: Person, version: int, entry: PersonEntry) -> Person:
    """Change what is noted about a person; the hospital stays (`move_person` changes it).

    `version` is the one that the corrector saw. Raises Conflict when somebody else was
    faster, and when the account already belongs to another person.
    """
    try:
        with act("person.correct", actor=actor, permission="person.edit", on=person) as event:
            entry = entry.checked(person.hospital, person.user)
            _claim(person, version)
            before = PersonEntry(**{name: getattr(person, name) for name in PersonEntry.__dataclass_fields__})
            for name, value in entry.values().items():
                setattr(person, name, value)
            _save(person)
            event.note(person, before=before.as_noted(), after=entry.as_noted())
    except DuikouError:
        person.refresh_from_db()  # what was not saved must not stay in the instance
        raise
    return person


def move_person(
    *,
    actor: Actor,
    person: Person,
    version: int,
    hospital: Hospital,
    reason: str,
    department: Department | None = None,
) -> Person:
    """The person works for another hospital from now on: the same person, with name, account and history.

    Needs the permission at both hospitals. Postings, traineeships and certificates of the past name
    the hospitals of their time and stay as they are. Raises Conflict when somebody else was faster.
    """
    try:
        with act("person.move", actor=actor, permission="person.edit", on=person) as event:
            require(actor, "person.edit", (hospital.scope_path,))
            reason = require_reason(reason)
            if hospital.pk == person.hospital_id:
                raise Invalid(
                    _("%(name)s 已经在这家医院。") % {"name": person.name},
                    fields={"hospital": [_("请选择另一家医院。")]},
                )
            if hospital.state != Hospital.State.ACTIVE:
                raise Invalid(
                    _("“%(hospital)s”已不在册。") % {"hospital": hospital.name},
                    fields={"hospital": [_("请选择在册的医院。")]},
                )
            if department is not None and department.hospital_id != hospital.pk:
                raise Invalid(
                    _("所选科室不属于“%(hospital)s”。") % {"hospital": hospital.name},
                    fields={"department": [_("请选择该院的科室。")]},
                )
            before = person.hospital
            _claim(person, version)
            person.hospital, person.department, person.post = hospital, department, ""
            _save(person)
            event.note(
                person, before={"hospital": before.name}, after={"hospital": hospital.name}, reason=reason
            )
    except DuikouError:
        person.refresh_from_db()
        raise
    return person


def _claim(person: Person, version: int) -> None:
    won = Person.objects.filter(pk=person.pk, version=version).update(version=F("version") + 1)
    person.refresh_from_db()
    if not won:
        raise Conflict(
            _(
                "没有保存：“%(name)s”在您打开之后已被他人修改"
                "（您看到第 %(seen)s 版，现为第 %(now)s 版）。请刷新后重做。"
            )
            % {"name": person.name, "seen": version, "now": person.version}
        )


def _works_at(user: User, hospital: Hospital) -> bool:
    """Whether the account has, or had, a role at the hospital or one of its departments."""
    return user.grants.filter(org__path__within=hospital.scope_path).exists()


def _save(person: Person) -> None:
    try:
        with transaction.atomic():  # a savepoint: the act goes on to tell what is wrong
            person.save()
    except IntegrityError as error:
        raise Conflict(
            _("账号“%(user)s”已对应另一位人员。请先解除原来的对应。") % {"user": person.user}
        ) from error
