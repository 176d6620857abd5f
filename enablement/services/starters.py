"""What a new organization begins with: a draft of a first article, in the words of its kind of partners."""

from datetime import datetime

from django.utils.translation import gettext as _

from enablement.models import Content
from enablement.services.contents import ContentDetails, create_content
from prm.accounts.actors import Actor
from prm.accounts.models import Membership


def draft_first_article(*, actor: Actor, choice: str, now: datetime) -> None:
    """One draft for each chosen kind of partners, owned by whoever starts; once, however often they click."""
    title, promise = _words()[choice]
    if actor.membership_id is None or Content.objects.filter(title=title).exists():
        return
    details = ContentDetails(title=title, summary=promise, body=_body(promise), minutes=2)
    owner = Membership.objects.by_id(actor.membership_id)
    create_content(actor=actor, owner=owner, kind=Content.Kind.ARTICLE, details=details, now=now)


def _words() -> dict[str, tuple[str, str]]:
    return {
        "resellers": (
            _("Start here: selling with us"),
            _("What you earn, whom you sell to, and whom to ask."),
        ),
        "msps": (
            _("Start here: running it for your customers"),
            _("What you run, what we run, and what a customer pays each month."),
        ),
        "distributors": (
            _("Start here: bringing resellers on board"),
            _("What resellers get from you, what from us, and how orders flow."),
        ),
        "integrators": (
            _("Start here: building it into a project"),
            _("What it needs, how long it takes, and who helps when it is stuck."),
        ),
        "isvs": (
            _("Start here: making our products work together"),
            _("What customers gain, how to connect, and how we tell the market."),
        ),
    }


def _body(promise: str) -> str:
    heading, contact, price, ask = (
        _("What matters first"),
        _("Your contact and how fast they answer"),
        _("Where the price sheet is, and since when it is valid"),
        _("The one question customers always ask, and the answer"),
    )
    hint = _("Replace these lines by yours. Three true sentences are worth more than a brochure.")
    return f"{promise}\n\n## {heading}\n\n- {contact}\n- {price}\n- {ask}\n\n> {hint}\n"
