from partners.models.attributes import Attribute, AttributeValue, ValueChange
from partners.models.audiences import Audience, AudienceMember
from partners.models.group_rules import GroupExclusion, GroupHold, GroupRule
from partners.models.groups import Group, GroupMember
from partners.models.partners import Partner, PartnerUser
from partners.models.products import PartnerProduct, Product, ProductFamily
from partners.models.telling import AskedPartner, DataRequest, ProposedValue, QuestionPause
from partners.models.tiers import Ladder, PartnerTier, Tier

__all__ = [
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
    "GroupRule",
    "Ladder",
    "Partner",
    "PartnerProduct",
    "PartnerTier",
    "PartnerUser",
    "Product",
    "ProductFamily",
    "ProposedValue",
    "QuestionPause",
    "Tier",
    "ValueChange",
]
