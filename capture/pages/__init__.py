"""Pages of capture, one file per family; the order settles which address wins over a reference."""

from fastapi import APIRouter

from capture.pages import clusters, follow, home, needs, opportunities, telling, undoing

router = APIRouter()
for _family in (home, telling, follow, needs, clusters, opportunities, undoing):
    router.include_router(_family.router)
