from partners.models.attributes import Attribute, AttributeValue, ValueChange
from partners.models.audiences import Audience, AudienceMember
from partners.models.group_rules import GroupExclusion, GroupHold, GroupRule
from partners.models.groups import Group, GroupMember
from partners.models.partners import Partner, PartnerUser
from partners.models.prepared import PreparedPerson
from partners.models.products import PartnerProduct, Product, ProductFamily
from partners.models.tiers import Ladder, PartnerTier, Tier

__all__ = [
    "Attribute",
    "AttributeValue",
    "Audience",
    "AudienceMember",
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
    "PreparedPerson",
    "Product",
    "ProductFamily",
    "Tier",
    "ValueChange",
]
