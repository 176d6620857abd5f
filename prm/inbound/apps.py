from django.apps import AppConfig


class InboundConfig(AppConfig):
    name = "prm.inbound"
    label = "inbound"
    verbose_name = "Inbound mail"
