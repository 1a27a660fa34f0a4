"""REST routes of this wing over the same queries and actions as its pages."""

from duikou.wings.discharges.api.figures import router as figures_router
from duikou.wings.discharges.api.references import router as references_router
from duikou.wings.discharges.api.schemes import router as schemes_router
from duikou.wings.discharges.api.settlements import router as settlements_router
from duikou.wings.discharges.api.submissions import router as submissions_router
from duikou.wings.discharges.api.sums import router as sums_router

routers = (
    submissions_router,
    figures_router,
    settlements_router,
    schemes_router,
    references_router,
    sums_router,
)
