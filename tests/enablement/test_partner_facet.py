"""What a partner's page tells of what its people remember."""

from datetime import datetime, timedelta

from enablement.queries.partner_facet import knowledge_judged, knowledge_of_partner
from partners.models import Partner
from prm.accounts.models import Membership
from prm.tenancy.models import Organization
from tests.enablement import factories
from tests.partners.factories import PartnerFactory, partner_user


def test_what_they_learned_fades_and_is_watched(
    in_acme: Organization, alice: Membership, lena: Membership, now: datetime
) -> None:
    partner: Partner = PartnerFactory.create()
    other: Partner = PartnerFactory.create()
    partner_user(partner, membership=lena)
    assert knowledge_of_partner(partner.pk, now) is None
    assert knowledge_judged([partner.pk], now) == {}
    factories.memory(lena, factories.item(alice), now)
    fresh, faded = now + timedelta(minutes=1), now + timedelta(days=400)
    assert [judged.standing for judged in knowledge_judged([partner.pk, other.pk], fresh)[partner.pk]] == ["good"]
    assert other.pk not in knowledge_judged([partner.pk, other.pk], fresh)
    assert knowledge_judged([partner.pk], faded)[partner.pk][0].standing == "watch"
    card = knowledge_of_partner(partner.pk, fresh)
    assert card is not None
    assert "would be answered correctly today" in card.summary
