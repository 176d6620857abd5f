from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WebConfig(AppConfig):
    name = "prm.web"
    label = "web"
    verbose_name = "Web"

    def ready(self) -> None:
        from prm.web import checks  # noqa: F401 - registers the system checks

        autodiscover_modules("registry")
