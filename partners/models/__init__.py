from partners.models.attributes import Attribute, AttributeValue, ValueChange
from partners.models.audiences import Audience, AudienceMember
from partners.models.groups import Group, GroupMember
from partners.models.partners import Partner, PartnerUser
from partners.models.products import PartnerProduct, Product, ProductFamily
from partners.models.tiers import Ladder, PartnerTier, Tier

__all__ = [
    "Attribute",
    "AttributeValue",
    "Audience",
    "AudienceMember",
    "Group",
    "GroupMember",
    "Ladder",
    "Partner",
    "PartnerProduct",
    "PartnerTier",
    "PartnerUser",
    "Product",
    "ProductFamily",
    "Tier",
    "ValueChange",
]
