"""Every way in which the register changes."""

from duikou.wings.hospitals.actions.departments import (
    add_department,
    close_department,
    rename_department,
    set_specialty_states,
)
from duikou.wings.hospitals.actions.entry import (
    KEPT_FACTS,
    Facts,
    close_hospital,
    edit_facts,
    move_place,
    register_hospital,
    reopen_hospital,
    set_level,
)
from duikou.wings.hospitals.actions.names import ALIAS_KINDS, add_alias, remove_alias, rename_hospital
from duikou.wings.hospitals.actions.reviews import (
    NAME_REVIEW,
    Question,
    dismiss_review,
    match_review,
    open_reviews,
    register_reviewed,
    reopen_review,
)
from duikou.wings.hospitals.actions.succession import (
    MERGERS,
    merge_hospitals,
    names_to_take,
    split_hospital,
    undo_merge,
)

__all__ = [
    "ALIAS_KINDS",
    "KEPT_FACTS",
    "MERGERS",
    "NAME_REVIEW",
    "Facts",
    "Question",
    "add_alias",
    "add_department",
    "close_department",
    "close_hospital",
    "dismiss_review",
    "edit_facts",
    "match_review",
    "merge_hospitals",
    "move_place",
    "names_to_take",
    "open_reviews",
    "register_hospital",
    "register_reviewed",
    "remove_alias",
    "rename_department",
    "rename_hospital",
    "reopen_hospital",
    "reopen_review",
    "set_level",
    "set_specialty_states",
    "split_hospital",
    "undo_merge",
]
