"""The roles that walk."""

from __future__ import annotations

from typing import Any

import pytest

from duikou.core.roles import roles


def everybody() -> list[Any]:
    """All roles; what each may do is decided before the database, so the second one sees the busiest."""
    busiest = ("provincial_officer", "hospital_liaison", "medical_office", "clinician")
    return [
        role if role in busiest else pytest.param(role, marks=pytest.mark.once) for role in sorted(roles())
    ]
