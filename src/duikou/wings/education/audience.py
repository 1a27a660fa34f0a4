"""Whether a course is meant for somebody: in words, so that a refusal says why."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from duikou.wings.education.models import Course
from duikou.wings.hospitals import catalogue as register
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person


def pairing_of(course: Course, person: Person, day: dt.date) -> Pairing | None:
    """The pairing on a day between the offering hospital and that of a person, if there is one."""
    found: Pairing | None = (
        Pairing.objects.on(day)
        .filter(supporter=course.hospital_id, recipient=person.hospital_id)
        .order_by("pk")
        .first()
    )
    return found


def objection(course: Course, person: Person, day: dt.date) -> str:
    """Why somebody may not enrol; empty when nothing speaks against it."""
    if person.left_on is not None and person.left_on < day:
        return _("%(name)s 已离任，不能选课。") % {"name": person.name}
    if course.state != Course.State.OPEN:
        return _("课程目前为“%(state)s”，不能选课。") % {"state": course.get_state_display()}
    if day > course.valid_to:
        return _("课程已于 %(day)s 截止，不能选课。") % {"day": course.valid_to}
    if not offered(course, person, day):
        return _("课程面向“%(audience)s”，%(hospital)s 不在其中。请与开课医院联系。") % {
            "audience": course.get_audience_display(),
            "hospital": person.hospital.name,
        }
    mine = {person.specialty, person.department.specialty if person.department else ""} - {""}
    if course.specialties and not mine & set(course.specialties):
        return _("课程限专业：%(wanted)s。%(name)s 登记的专业不在其中。") % {
            "wanted": _("、").join(register.specialty_label(one) for one in course.specialties),
            "name": person.name,
        }
    if course.titles and person.title not in course.titles:
        return _("课程限职称：%(wanted)s。%(name)s 登记的职称为“%(found)s”。") % {
            "wanted": _("、").join(register.title_label(one) for one in course.titles),
            "name": person.name,
            "found": register.title_label(person.title) if person.title else "—",
        }
    return ""


def offered(course: Course, person: Person, day: dt.date) -> bool:
    """Whether the course is for the person's hospital on a day."""
    if person.hospital_id == course.hospital_id:
        return True
    if course.audience == Course.Audience.PAIRS:
        return pairing_of(course, person, day) is not None
    return (
        course.audience == Course.Audience.CHOSEN and course.hospitals.filter(pk=person.hospital_id).exists()
    )
