"""App configuration of the plans wing."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Three-year plans, year tasks, the four ones, gaps of specialties."""

    name = "duikou.wings.plans"
    label = "plans"
