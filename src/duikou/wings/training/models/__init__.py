"""Tables of the training wing."""

from duikou.wings.training.models.logbook import LogEntry, Rotation
from duikou.wings.training.models.places import Place
from duikou.wings.training.models.trainees import Absence, Appraisal, Traineeship
from duikou.wings.training.models.tutors import TutorTeam

__all__ = ["Absence", "Appraisal", "LogEntry", "Place", "Rotation", "Traineeship", "TutorTeam"]
