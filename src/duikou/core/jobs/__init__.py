"""Background jobs: the django-tasks interface with leases, progress and cancelling."""
