"""Tables of the patients wing."""

from duikou.wings.patients.models.access import Access, BreakGlass, Share
from duikou.wings.patients.models.consents import Consent
from duikou.wings.patients.models.patients import ALPHABET, Correction, Erasure, Merge, Patient, new_number

__all__ = [
    "ALPHABET",
    "Access",
    "BreakGlass",
    "Consent",
    "Correction",
    "Erasure",
    "Merge",
    "Patient",
    "Share",
    "new_number",
]
