"""Figures of this house: none is law, each is shown as to be confirmed where people meet it.

What a course is worth (hours, credits, class, project code) is never worked out: its organiser states it.
"""

from __future__ import annotations

from duikou.engines.attendance import Rule

WATCHING = Rule(gap=30, speed=1.5, slack=2, patience=60)
CHECK_EVERY = 600  # seconds of a recording between two questions whether somebody is there
OTHER_LESSON = 15  # seconds for which a lesson that is playing keeps others of the same person waiting
SKEW = 120  # seconds by which a player's own clock may differ from the server's
LONGEST_BEAT = 120  # seconds of the lesson that one report may span
WATCH_PERCENT = 90  # of a recording, unless the course says otherwise
CODE_STEP = 60  # seconds for which a code of sign-in is shown; the one before it is still taken
WRONG_CODES = 5  # wrong codes after which sign-in waits
WRONG_PAUSE = 300  # seconds that it waits
SIGN_BEFORE = 15  # minutes before the beginning from which people may sign in, unless the teacher says
GRACE = 15  # seconds after the time limit in which an attempt still arrives in time
