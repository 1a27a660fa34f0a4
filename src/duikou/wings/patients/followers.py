"""Wings that hold something about a patient hear what happens to the record: consent taken back, erased.

A wing registers in its `ready`; it is called within the act, so that either both happen or neither.
"""

from __future__ import annotations

from collections.abc import Callable

from duikou.wings.patients.models import Consent

OnWithdrawal = Callable[[Consent], None]
OnErasure = Callable[[frozenset[int]], None]  # keys of the record and of all that were merged into it
_withdrawals: list[OnWithdrawal] = []
_erasures: list[OnErasure] = []


def register(*, withdrawal: OnWithdrawal | None = None, erasure: OnErasure | None = None) -> None:
    """Have a wing called; twice is once."""
    if withdrawal is not None and withdrawal not in _withdrawals:
        _withdrawals.append(withdrawal)
    if erasure is not None and erasure not in _erasures:
        _erasures.append(erasure)


def withdrawn(consent: Consent) -> None:
    """Tell that a consent was taken back."""
    for tell in _withdrawals:
        tell(consent)


def erased(patients: frozenset[int]) -> None:
    """Tell that everything personal of these records goes."""
    for tell in _erasures:
        tell(patients)
