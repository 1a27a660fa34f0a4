"""App configuration of the staffing wing."""

from django.apps import AppConfig


class StaffingConfig(AppConfig):
    """Sums over postings, training, swaps and presence."""

    name = "duikou.wings.staffing"
    label = "staffing"
