from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "prm.search"
    label = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        from prm.search import receivers  # noqa: F401 - listens to changes of people
