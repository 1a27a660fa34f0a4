"""What the register tells the wings that build on it."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the act's transaction when an entry gets another keeper: whoever copied the
# path must follow. Arguments: hospital (its scope_path is the new one), old_path, new_path.
hospital_moved = Signal()

# Sent inside the act's transaction when something changes by which pairings are judged: kind,
# state, place, names, mergers, flags, grade. Argument: hospitals, the ids of the entries.
hospital_changed = Signal()
