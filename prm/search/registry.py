"""What the search itself brings: its planner, and colleagues."""

from django.utils.translation import gettext_lazy as _

from prm.outbox.planning import Planner, planners
from prm.search import colleagues
from prm.search.services import plan_search
from prm.search.sources import SearchSource, search_sources

planners.register(Planner("search.compare", plan_search, order=100))
search_sources.register(
    SearchSource(
        colleagues.KIND,
        _("Colleagues"),
        "users",
        rows=colleagues.rows,
        text=colleagues.text,
        reach=colleagues.reach,
        hits=colleagues.hits,
        of_member=colleagues.of_member,
        order=800,
    )
)
