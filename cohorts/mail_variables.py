"""What mails about cohorts say, for wordings that staff edit."""

from django.utils.translation import gettext_lazy as _

from prm.outbox.variables import Variable

VARIABLES = (
    Variable("cohort", _("The cohort"), _("Winter 2026")),
    Variable("program", _("The cohort program"), _("Discovery that sells")),
    Variable("promise", _("What people will have at the end"), _("One new customer, and a conversation that repeats.")),
    Variable("session", _("The session"), _("Session 2: the first conversation")),
    Variable("homework", _("The homework"), _("Write down what the customer said")),
    Variable("where", _("Where it takes place, with the link"), _("online: https://meet.example/winter")),
    Variable("minutes", _("How many minutes"), "90"),
    Variable("clock", _("At what time"), _("16:00 CET")),
    Variable("dates", _("The dates, as a list"), _("Thursday, 8 January, 16:00 CET")),
    Variable("nominator", _("Who nominates"), _("Frida Sand")),
    Variable("applicant", _("Who applied"), _("Lena Brandt")),
    Variable("asker", _("Who asks"), _("Lena Brandt")),
    Variable("function", _("What they do there"), _("Sales")),
    Variable("team", _("The team"), _("Lena Brandt and Paul Ortega")),
    Variable("colleague", _("The link to name a colleague"), "https://acme.example/colleague/"),
    Variable("absence", _("The link “I can’t make it”"), "https://acme.example/absence/"),
    Variable("badge", _("The link to the badge"), "https://acme.example/badge/"),
    Variable("author", _("Who wrote it"), _("Frida Sand")),
    Variable("changes", _("What has changed, as a list"), _("Each week: 120 minutes, not 90")),
    Variable("expected", _("What the expectations are introduced with"), _("What you said yes to")),
    Variable("expectations", _("The expectations that are told at this moment"), _("You come to all four sessions.")),
    Variable("questions", _("How many questions"), "5"),
    Variable("waiting", _("How many wait"), "6"),
    Variable("rows", _("Who is told what, as a list"), _("Lena Brandt, Nordwind GmbH: accepted")),
    Variable("steps", _("How to be with the others again"), _("Read the recap, then call Paul.")),
    Variable("late", _("Said where it is late"), _("yes")),
    Variable("leads", _("Said where they still lead it"), _("yes")),
    Variable("takes_part", _("Said where they still take part"), _("yes")),
    Variable("is_out", _("Said where they are no longer in"), _("yes")),
    Variable("confirmed", _("Said where they had confirmed"), _("yes")),
    Variable("withdrawn", _("Said where the application was withdrawn"), _("yes")),
)
