"""What happens to partners, their people and groups, as the spine counts it."""

from django.utils.translation import gettext_lazy as _

from prm.activity.kinds import FactKind, Measure

CREATED = FactKind("partners.created", _("Partner added"))
ARCHIVED = FactKind("partners.archived", _("Partner archived"), sign=-1)
RESTORED = FactKind("partners.restored", _("Partner restored"))
STATUS_CHANGED = FactKind("partners.status_changed", _("Status changed"))
GROUP_JOINED = FactKind("partners.group_joined", _("Joined a group"))
GROUP_LEFT = FactKind("partners.group_left", _("Left a group"), sign=-1)
USER_INVITED = FactKind("partners.user_invited", _("Person invited"))
USER_JOINED = FactKind("partners.user_joined", _("Person joined"))
USER_LEFT = FactKind("partners.user_left", _("Person left"), sign=-1)
PERSON_PREPARED = FactKind("partners.person_prepared", _("Person prepared for an invitation"), is_small=True)
PERSON_DROPPED = FactKind("partners.person_dropped", _("Prepared person removed"), sign=-1, is_small=True)
# `object_id` is the attribute, 0 for a column of the record itself.
VALUE_CHANGED = FactKind("partners.value_changed", _("Value changed"), is_small=True)

JOURNEY_STARTED = FactKind("partners.journey_started", _("Journey started"))
JOURNEY_STEP_DONE = FactKind("partners.journey_step_done", _("Step done"))
JOURNEY_FINISHED = FactKind("partners.journey_finished", _("Journey finished"))
JOURNEY_STOPPED = FactKind("partners.journey_stopped", _("Journey stopped"), sign=-1)
JOURNEY_RESUMED = FactKind("partners.journey_resumed", _("Journey goes on"))
AGREEMENT_ACCEPTED = FactKind("partners.agreement_accepted", _("Agreement accepted"))
_JOURNEYS = (
    JOURNEY_STARTED,
    JOURNEY_STEP_DONE,
    JOURNEY_FINISHED,
    JOURNEY_STOPPED,
    JOURNEY_RESUMED,
    AGREEMENT_ACCEPTED,
)

KINDS = (
    CREATED,
    ARCHIVED,
    RESTORED,
    STATUS_CHANGED,
    GROUP_JOINED,
    GROUP_LEFT,
    USER_INVITED,
    USER_JOINED,
    USER_LEFT,
    PERSON_PREPARED,
    PERSON_DROPPED,
    VALUE_CHANGED,
    *_JOURNEYS,
)

PARTNERS = Measure("partners.partners", _("Partners"), (CREATED, ARCHIVED, RESTORED), is_of_partners=False)
PEOPLE = Measure("partners.people", _("People of partners"), (USER_JOINED, USER_LEFT))
JOURNEYS_FINISHED = Measure("partners.journeys_finished", _("Journeys finished"), (JOURNEY_FINISHED,))
MEASURES = (PARTNERS, PEOPLE, JOURNEYS_FINISHED)
