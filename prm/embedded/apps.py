from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "prm.embedded"
    label = "embedded"
    verbose_name = "Embedded servers"

    def ready(self) -> None:
        from prm.embedded import checks  # noqa: F401  (registers them)
