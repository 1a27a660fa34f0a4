"""The postings wing in the REST API."""

from duikou.wings.postings.api import conduct, postings, service

routers = (postings.router, service.router, conduct.router)
