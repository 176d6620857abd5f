from partners.models.agreements import Acceptance, Agreement, AgreementVersion
from partners.models.attributes import Attribute, AttributeValue, ValueChange
from partners.models.audiences import Audience, AudienceMember
from partners.models.group_reviews import GroupReview
from partners.models.group_rules import GroupExclusion, GroupHold, GroupRule
from partners.models.groups import Group, GroupMember
from partners.models.journeys import Journey, JourneyStep, JourneyTemplate, TemplateStep
from partners.models.partners import Partner, PartnerUser
from partners.models.prepared import PreparedPerson
from partners.models.products import PartnerProduct, Product, ProductFamily
from partners.models.profiles import PersonProfile
from partners.models.telling import AskedPartner, DataRequest, ProposedValue, QuestionPause, RecordConfirmation
from partners.models.tier_moves import TierAppeal, TierEntry, TierHold, TierMove, TierOutlook
from partners.models.tier_rules import LadderVersion, NumberEntry, Requirement, TierBenefit, TierNumber
from partners.models.tiers import Ladder, PartnerTier, Tier

__all__ = [
    "Acceptance",
    "Agreement",
    "AgreementVersion",
    "AskedPartner",
    "Attribute",
    "AttributeValue",
    "Audience",
    "AudienceMember",
    "DataRequest",
    "Group",
    "GroupExclusion",
    "GroupHold",
    "GroupMember",
    "GroupReview",
    "GroupRule",
    "Journey",
    "JourneyStep",
    "JourneyTemplate",
    "Ladder",
    "LadderVersion",
    "NumberEntry",
    "Partner",
    "PartnerProduct",
    "PartnerTier",
    "PartnerUser",
    "PersonProfile",
    "PreparedPerson",
    "Product",
    "ProductFamily",
    "ProposedValue",
    "QuestionPause",
    "RecordConfirmation",
    "Requirement",
    "TemplateStep",
    "Tier",
    "TierAppeal",
    "TierBenefit",
    "TierEntry",
    "TierHold",
    "TierMove",
    "TierNumber",
    "TierOutlook",
    "ValueChange",
]
