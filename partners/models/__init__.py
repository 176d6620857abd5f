from partners.models.audiences import Audience, AudienceMember
from partners.models.groups import Group, GroupMember
from partners.models.partners import Partner, PartnerUser

__all__ = ["Audience", "AudienceMember", "Group", "GroupMember", "Partner", "PartnerUser"]
