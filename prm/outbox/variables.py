"""What staff may place into the wording of a mail: each app registers the values that its mails give."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from prm.registry import Registry


@dataclass(frozen=True, slots=True)
class Variable:
    """A value of mails by its name in them. `label` says what it is; `sample` is one as it may stand in a mail.

    Numbered ones (`line_1`, `line_2` …) are registered once, without their number.
    """

    name: str
    label: str | Promise
    sample: str | Promise


variables: Registry[Variable] = Registry("variable of mails")


def variable_of(name: str) -> Variable:
    """Raises KeyError for a name that no app registered."""
    found: Variable = variables.get(stem_of(name))
    return found


def stem_of(name: str) -> str:
    """The name without the number that tells several of a kind apart."""
    stem, _underscore, number = name.rpartition("_")
    return stem if stem and number.isdigit() else name


def sample_of(name: str) -> str:
    return str(variable_of(name).sample)


variables.register(
    Variable("greeting", _("The greeting, by first name where it is known"), _("Hello Lena,")),
    Variable("first_name", _("The reader’s first name"), _("Lena")),
    Variable("organization", _("The name of your organization"), _("Acme")),
    Variable("portal", _("The title of your portal"), _("Acme Partners")),
    Variable("reply_to", _("The address that answers go to"), "partners@acme.example"),
    Variable("note", _("A personal line of whoever sends it"), _("You asked the best question last time.")),
    Variable("inviter", _("Who invites"), _("Alice Moreau")),
    Variable("who", _("The person it is about"), _("Lena Brandt")),
    Variable("what", _("What this person is now"), _("Nordwind, lead")),
    Variable("named", _("Whom they named instead"), _("Paul Ortega")),
    Variable("email", _("An e-mail address"), "lena@nordwind.example"),
    Variable("pass_on", _("The link to pass it on"), "https://acme.example/pass-on/"),
    Variable("until", _("The day or hour until which it holds"), _("Friday, 5 December")),
    Variable("day", _("The day"), _("Friday, 5 December")),
    Variable("at", _("The moment, with its zone"), _("Friday, 5 December, 16:00 CET")),
    Variable("role", _("The role"), _("participant")),
    Variable("text", _("What somebody wrote"), _("Our numbers of the last quarter are not counted yet.")),
    Variable("answer", _("What was answered"), _("We have counted them: thank you for telling us.")),
    Variable("reason", _("The reason that was given"), _("Too few of us can come.")),
    Variable("company", _("The company"), _("Nordwind GmbH")),
    Variable("first", _("The first one"), _("Thursday, 8 January, 16:00 CET")),
    Variable("title", _("The title"), _("Three weeks to go")),
    Variable("subject", _("What it is about"), _("New prices from January")),
    Variable("body", _("The text itself, with its paragraphs"), _("Bring one customer whom you know well.")),
    Variable("words", _("A few words about it"), _("It is only the revenue that is missing.")),
    Variable("wording", _("What you wrote about this decision"), _("Thank you for applying, Lena.")),
    Variable("number", _("How many"), "3"),
    Variable("count", _("How many"), "4"),
    Variable("n", _("How many"), "3"),
    Variable("line", _("A line of the list"), _("Contact for invoices")),
    Variable("lines", _("The list"), _("Nordwind GmbH: revenue of the year")),
    Variable("more", _("How many more there are"), _("and 4 more")),
    Variable("question", _("The question"), _("Who decides about the budget?")),
    Variable("name", _("What it is called"), _("Employees")),
    Variable("value", _("The value"), "120"),
)
