from partners.models.attributes import Attribute, AttributeValue, ValueChange
from partners.models.audiences import Audience, AudienceMember
from partners.models.group_rules import GroupExclusion, GroupHold, GroupRule
from partners.models.groups import Group, GroupMember
from partners.models.partners import Partner, PartnerUser
from partners.models.products import PartnerProduct, Product, ProductFamily
from partners.models.recruitment import (
    APPLICATION_STAGES,
    ApplicationComment,
    ApplicationQuestion,
    ApplicationReviewer,
    CallReviewer,
    DeclineReason,
    PartnerApplication,
    RecruitmentCall,
    RecruitmentTarget,
)
from partners.models.tiers import Ladder, PartnerTier, Tier

__all__ = [
    "APPLICATION_STAGES",
    "ApplicationComment",
    "ApplicationQuestion",
    "ApplicationReviewer",
    "Attribute",
    "AttributeValue",
    "Audience",
    "AudienceMember",
    "CallReviewer",
    "DeclineReason",
    "Group",
    "GroupExclusion",
    "GroupHold",
    "GroupMember",
    "GroupRule",
    "Ladder",
    "Partner",
    "PartnerApplication",
    "PartnerProduct",
    "PartnerTier",
    "PartnerUser",
    "Product",
    "ProductFamily",
    "RecruitmentCall",
    "RecruitmentTarget",
    "Tier",
    "ValueChange",
]
