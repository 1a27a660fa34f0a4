"""How much of a lesson somebody has seen, by what the server heard; a client's own total counts for nothing.

A player sends a beat every few seconds: device, place in the lesson, moment of arrival by the server's clock.
`watched` makes of them the stretches of the lesson that were seen, as seconds: on one device at a time, no
faster than the allowed speed, ended by a pause in the beats or an unanswered presence check. `schedule`
says when a player must ask whether somebody is there: at moments that cannot be told beforehand.
"""

from duikou.engines.attendance.beats import Beat, Check, Rule, Watched, watched
from duikou.engines.attendance.checks import schedule
from duikou.engines.attendance.seconds import Seconds

__all__ = ["Beat", "Check", "Rule", "Seconds", "Watched", "schedule", "watched"]
