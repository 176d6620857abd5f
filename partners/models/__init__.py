from partners.models.attributes import Attribute, AttributeValue, ValueChange
from partners.models.audiences import Audience, AudienceMember
from partners.models.contacts import Contact
from partners.models.groups import Group, GroupMember
from partners.models.partners import Partner, PartnerUser

__all__ = [
    "Attribute",
    "AttributeValue",
    "Audience",
    "AudienceMember",
    "Contact",
    "Group",
    "GroupMember",
    "Partner",
    "PartnerUser",
    "ValueChange",
]
