"""REST routes of this wing over the same queries and actions as its pages."""

from duikou.wings.agreements.api.acts import router as acts_router
from duikou.wings.agreements.api.after import router as after_router
from duikou.wings.agreements.api.agreements import router as agreements_router
from duikou.wings.agreements.api.rounds import router as rounds_router

routers = (agreements_router, acts_router, after_router, rounds_router)
