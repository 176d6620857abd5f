from partners.models.agreements import Acceptance, Agreement, AgreementVersion
from partners.models.announcements import (
    ANNOUNCEMENT_MACHINE,
    Announcement,
    AnnouncementAudience,
    AnnouncementPartner,
    AnnouncementReader,
)
from partners.models.attributes import Attribute, AttributeValue, ValueChange
from partners.models.audiences import Audience, AudienceMember
from partners.models.competitors import Competition
from partners.models.conversations import (
    CONVERSATION_MACHINE,
    Absence,
    AnswerPromise,
    Conversation,
    ConversationNote,
    Entry,
    EntryFile,
)
from partners.models.duplicates import LikelyDouble, PartnerDomain, PartnerKey, PartnerMerge
from partners.models.group_reviews import GroupReview
from partners.models.group_rules import GroupExclusion, GroupHold, GroupRule
from partners.models.groups import Group, GroupMember
from partners.models.handovers import Handover
from partners.models.journeys import Journey, JourneyStep, JourneyTemplate, TemplateStep
from partners.models.logos import PartnerLogo
from partners.models.milestones import Milestone
from partners.models.partners import Partner, PartnerUser
from partners.models.prepared import PreparedPerson
from partners.models.products import PartnerProduct, Product, ProductFamily
from partners.models.profiles import PersonProfile
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
from partners.models.saved_views import SavedView
from partners.models.structure import PartnerLink
from partners.models.tasks import TASK_MACHINE, Snooze, Task
from partners.models.telling import AskedPartner, DataRequest, ProposedValue, QuestionPause, RecordConfirmation
from partners.models.tier_moves import TierAppeal, TierEntry, TierHold, TierMove, TierOutlook
from partners.models.tier_rules import LadderVersion, NumberEntry, Requirement, TierBenefit, TierNumber
from partners.models.tiers import Ladder, PartnerTier, Tier
from partners.models.week import WeekPlan

__all__ = [
    "ANNOUNCEMENT_MACHINE",
    "APPLICATION_STAGES",
    "CONVERSATION_MACHINE",
    "TASK_MACHINE",
    "Absence",
    "Acceptance",
    "Agreement",
    "AgreementVersion",
    "Announcement",
    "AnnouncementAudience",
    "AnnouncementPartner",
    "AnnouncementReader",
    "AnswerPromise",
    "ApplicationComment",
    "ApplicationQuestion",
    "ApplicationReviewer",
    "AskedPartner",
    "Attribute",
    "AttributeValue",
    "Audience",
    "AudienceMember",
    "CallReviewer",
    "Competition",
    "Conversation",
    "ConversationNote",
    "DataRequest",
    "DeclineReason",
    "Entry",
    "EntryFile",
    "Group",
    "GroupExclusion",
    "GroupHold",
    "GroupMember",
    "GroupReview",
    "GroupRule",
    "Handover",
    "Journey",
    "JourneyStep",
    "JourneyTemplate",
    "Ladder",
    "LadderVersion",
    "LikelyDouble",
    "Milestone",
    "NumberEntry",
    "Partner",
    "PartnerApplication",
    "PartnerDomain",
    "PartnerKey",
    "PartnerLink",
    "PartnerLogo",
    "PartnerMerge",
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
    "RecruitmentCall",
    "RecruitmentTarget",
    "Requirement",
    "SavedView",
    "Snooze",
    "Task",
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
    "WeekPlan",
]
