from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "prm.activity"
    label = "activity"
    verbose_name = "Activity"
