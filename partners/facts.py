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
# A record was another one's double: taken out of the count, and told of at the one that stays.
MERGED = FactKind("partners.merged", _("Record merged into another"), sign=-1)
ABSORBED = FactKind("partners.absorbed", _("Double merged into this record"))
LINKED = FactKind("partners.linked", _("Linked to another company"))
UNLINKED = FactKind("partners.unlinked", _("Link to another company ended"), sign=-1)
# Of each change one fact says what was reached and one what was left; `object_id` is the tier.
TIER_REACHED = FactKind("partners.tier_reached", _("Reached a tier"))
TIER_LEFT = FactKind("partners.tier_left", _("Left a tier"), sign=-1, is_small=True)
NUMBER_ENTERED = FactKind("partners.number_entered", _("Number entered"), is_small=True)
NUMBER_VOIDED = FactKind("partners.number_voided", _("Number taken back"), sign=-1, is_small=True)

APPLIED = FactKind("partners.applied", _("Application to become a partner received"))
APPLICATION_ACCEPTED = FactKind("partners.application_accepted", _("Application to become a partner accepted"))
APPLICATION_DECLINED = FactKind("partners.application_declined", _("Application to become a partner declined"))
JOURNEY_STARTED = FactKind("partners.journey_started", _("Journey started"))
JOURNEY_STEP_DONE = FactKind("partners.journey_step_done", _("Step done"))
JOURNEY_FINISHED = FactKind("partners.journey_finished", _("Journey finished"))
JOURNEY_STOPPED = FactKind("partners.journey_stopped", _("Journey stopped"), sign=-1)
JOURNEY_RESUMED = FactKind("partners.journey_resumed", _("Journey goes on"))
AGREEMENT_ACCEPTED = FactKind("partners.agreement_accepted", _("Agreement accepted"))
TASK_DONE = FactKind("partners.task_done", _("Task done"))
TASK_REOPENED = FactKind("partners.task_reopened", _("Task open again"), sign=-1)
ANNOUNCEMENT_READ = FactKind("partners.announcement_read", _("Announcement read"))
ANNOUNCEMENT_CONFIRMED = FactKind("partners.announcement_confirmed", _("Announcement confirmed"))
# `object_id` is the conversation.
CONVERSATION_BEGUN = FactKind("partners.conversation_begun", _("Conversation begun"))
CONVERSATION_WRITTEN = FactKind("partners.conversation_written", _("Partner wrote"))
CONVERSATION_ANSWERED = FactKind("partners.conversation_answered", _("We wrote"))
CONVERSATION_CLOSED = FactKind("partners.conversation_closed", _("Conversation closed"))
CONVERSATION_REOPENED = FactKind("partners.conversation_reopened", _("Conversation open again"), sign=-1)
CONVERSATIONS = (
    CONVERSATION_BEGUN,
    CONVERSATION_WRITTEN,
    CONVERSATION_ANSWERED,
    CONVERSATION_CLOSED,
    CONVERSATION_REOPENED,
)
_JOURNEYS = (
    JOURNEY_STARTED,
    JOURNEY_STEP_DONE,
    JOURNEY_FINISHED,
    JOURNEY_STOPPED,
    JOURNEY_RESUMED,
    AGREEMENT_ACCEPTED,
    TASK_DONE,
    TASK_REOPENED,
)

_SELL, _SERVICE, _INCUBATION = "sell", "service", "incubation"
# By right: what a partner may do with a product from now on, and what it may no longer do.
PRODUCT_BEGAN = {
    _SELL: FactKind("partners.product_sell_began", _("May sell a product")),
    _SERVICE: FactKind("partners.product_service_began", _("May service a product")),
    _INCUBATION: FactKind("partners.product_incubation_began", _("A product in incubation")),
}
PRODUCT_ENDED = {
    _SELL: FactKind("partners.product_sell_ended", _("May no longer sell a product"), sign=-1),
    _SERVICE: FactKind("partners.product_service_ended", _("May no longer service a product"), sign=-1),
    _INCUBATION: FactKind("partners.product_incubation_ended", _("Incubation of a product is over"), sign=-1),
}
_PRODUCTS = (*PRODUCT_BEGAN.values(), *PRODUCT_ENDED.values())

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
    MERGED,
    ABSORBED,
    LINKED,
    UNLINKED,
    TIER_REACHED,
    TIER_LEFT,
    NUMBER_ENTERED,
    NUMBER_VOIDED,
    APPLIED,
    APPLICATION_ACCEPTED,
    APPLICATION_DECLINED,
    ANNOUNCEMENT_READ,
    ANNOUNCEMENT_CONFIRMED,
    *_JOURNEYS,
    *CONVERSATIONS,
    *_PRODUCTS,
)

PARTNERS = Measure("partners.partners", _("Partners"), (CREATED, ARCHIVED, RESTORED, MERGED), is_of_partners=False)
PEOPLE = Measure("partners.people", _("People of partners"), (USER_JOINED, USER_LEFT))
APPLICATIONS = Measure("partners.applications", _("Applications to become a partner"), (APPLIED,), is_of_partners=False)
JOURNEYS_FINISHED = Measure("partners.journeys_finished", _("Journeys finished"), (JOURNEY_FINISHED,))
PRODUCTS_SOLD = Measure(
    "partners.products_sold", _("Products they may sell"), (PRODUCT_BEGAN[_SELL], PRODUCT_ENDED[_SELL])
)
PRODUCTS_SERVICED = Measure(
    "partners.products_serviced", _("Products they may service"), (PRODUCT_BEGAN[_SERVICE], PRODUCT_ENDED[_SERVICE])
)
PRODUCTS_IN_INCUBATION = Measure(
    "partners.products_in_incubation",
    _("Products in incubation"),
    (PRODUCT_BEGAN[_INCUBATION], PRODUCT_ENDED[_INCUBATION]),
)
MEASURES = (PARTNERS, PEOPLE, APPLICATIONS, JOURNEYS_FINISHED, PRODUCTS_SOLD, PRODUCTS_SERVICED, PRODUCTS_IN_INCUBATION)
