"""Every write of this wing: accounts and role grants, persons, one's own settings."""

from duikou.wings.people.actions.accounts import (
    ADMINISTRATOR,
    FIRST_ACCOUNT,
    FIRST_BUSINESS_ROLE,
    deactivate,
    end_grant,
    ensure_administrator,
    grant_role,
    one_time_password,
    open_account,
    reactivate,
    reset_password,
)
from duikou.wings.people.actions.own import choose_language
from duikou.wings.people.actions.persons import (
    POSTS,
    TITLES,
    PersonEntry,
    correct_person,
    enter_person,
    move_person,
)

__all__ = [
    "ADMINISTRATOR",
    "FIRST_ACCOUNT",
    "FIRST_BUSINESS_ROLE",
    "POSTS",
    "TITLES",
    "PersonEntry",
    "choose_language",
    "correct_person",
    "deactivate",
    "end_grant",
    "ensure_administrator",
    "enter_person",
    "grant_role",
    "move_person",
    "one_time_password",
    "open_account",
    "reactivate",
    "reset_password",
]
