"""App configuration of the rooms wing."""

from django.apps import AppConfig


class RoomsConfig(AppConfig):
    """Live rooms in which hospitals talk, see and point at the same things."""

    name = "duikou.wings.rooms"
    label = "rooms"
