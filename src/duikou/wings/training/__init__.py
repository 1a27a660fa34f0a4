"""People trained up: places, applications, tutor teams, rotations, logbooks, appraisals."""
