"""What the policy pack says about patients: purposes of consent, payment, hours and years."""

from __future__ import annotations

from django.utils.text import capfirst

from duikou.core.faces import words
from duikou.policy.model import Rule
from duikou.policy.patients import ConsentPurpose
from duikou.wings.hospitals.catalogue import pack

ONE_RECORD, RELATION, GLASS, ORAL, RETENTION, CHILDREN = (
    "PAT-01", "PAT-02", "PAT-03", "PAT-04", "PAT-05", "SEC-04",
)  # fmt: skip


def rule(rule_id: str) -> Rule:
    """A rule of the pack in force."""
    return pack().rule(rule_id)


def number(rule_id: str, parameter: str) -> int:
    """A whole number that a rule sets."""
    value = rule(rule_id).value(parameter)
    assert isinstance(value, int)
    return value


def cite(rule_id: str) -> str:
    """A rule with its clause, as refusals name it."""
    return f"{rule_id}，{rule(rule_id).clause}"


def purposes() -> dict[str, ConsentPurpose]:
    """Purposes of consent by id."""
    return dict(pack().consents)


def purpose_label(purpose: str) -> str:
    """Name of a purpose; its id where the pack has none such (any more)."""
    found = pack().consents.get(purpose)
    return words(found.title) if found else purpose


def purpose_title(purpose: str) -> str:
    """The same where it stands alone."""
    return capfirst(purpose_label(purpose))


def purpose_choices() -> list[tuple[str, str]]:
    """Purposes for form fields."""
    return [(one.id, purpose_title(one.id)) for one in pack().consents.values()]


def payment_label(payment: str) -> str:
    """Name of a way of payment."""
    found = pack().payments.get(payment)
    return capfirst(words(found.title)) if found else payment


def payment_choices() -> list[tuple[str, str]]:
    """Ways of payment for form fields."""
    return [(one.id, capfirst(words(one.title))) for one in pack().payments.values()]
