"""What mails about partners say, for wordings that staff edit."""

from django.utils.translation import gettext_lazy as _

from prm.outbox.variables import Variable

VARIABLES = (
    Variable("partner", _("The partner"), _("Nordwind GmbH")),
    Variable("group", _("The group"), _("Cloud Resellers")),
    Variable("tier", _("The tier"), _("Gold")),
    Variable("to", _("The tier that it would be"), _("Silver")),
    Variable("ladder", _("The ladder of tiers"), _("Resellers")),
    Variable("gives", _("What the tier gives"), _("Leads of your region, and a contact of your own.")),
    Variable("period_end", _("The end of the period"), _("31 December")),
    Variable("missing", _("What is missing"), _("Revenue of the year: 40,000 of 50,000 EUR")),
    Variable("kept", _("Said where the tier is kept"), _("yes")),
    Variable("contact", _("Your colleague who looks after the partner"), _("Bob Keller")),
    Variable("call", _("What they apply to"), _("Resellers in the north")),
    Variable("reapply", _("From when on they may apply again"), _("1 June")),
    Variable("standing", _("Where the application stands"), _("is being read")),
    Variable("decider", _("Who decided"), _("Bob Keller")),
    Variable("accepted", _("Said where it was accepted"), _("yes")),
    Variable("asked", _("What is asked, as a list"), _("Number of employees")),
    Variable("one", _("The only one, where it is one"), _("One value")),
    Variable("description", _("The description"), _("Partners that sell our cloud.")),
    Variable("rule", _("The rule, as a sentence"), _("Country is Germany, and type is reseller")),
    Variable("hours", _("Hours until an answer"), "24"),
    Variable("entering", _("How many would come in"), "12"),
    Variable("leaving", _("How many would no longer fit"), "7"),
    Variable("losses", _("What those lose"), _("two cohorts and the price sheet")),
    Variable("writer", _("Who wrote it"), _("Bob Keller")),
    Variable("giver", _("Who hands over"), _("Bob Keller")),
    Variable("names", _("Their names"), _("Nordwind GmbH, Kestrel")),
    Variable("files", _("The names of the files"), _("offer.pdf")),
    Variable("by_mail", _("Said where an answer by mail is read"), _("yes")),
    Variable("instead_of", _("For whom the reader stands in"), _("Alice Moreau")),
    Variable("kind", _("What kind it is"), _("Question")),
    Variable("month", _("The month that it tells of"), _("November")),
)
