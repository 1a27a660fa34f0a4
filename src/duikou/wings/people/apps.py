"""App configuration of the people wing."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Persons, titles, accounts, role grants."""

    name = "duikou.wings.people"
    label = "people"
