"""The training wing in the REST API."""

from duikou.wings.training.api import logbook, places, teaching, trainees

routers = (trainees.router, teaching.router, logbook.router, places.router)
