"""What mails about content and recall say, for wordings that staff edit."""

from django.utils.translation import gettext_lazy as _

from prm.outbox.variables import Variable

VARIABLES = (
    Variable("choice", _("An answer to choose"), _("Whoever pays for it")),
    Variable("link", _("The link of an answer"), "https://acme.example/recall/"),
    Variable("source", _("Where they met it"), _("The security conversation")),
    Variable("pause", _("The link to pause the questions"), "https://acme.example/pause/"),
    Variable("practice", _("The link to practise"), "https://acme.example/practice/"),
)
