"""Partners and their people from a spreadsheet: what columns are, who is there already, how rows are taken and back."""

from partners.services.importing.fields import FIELDS
from partners.services.importing.grouping import make_groups
from partners.services.importing.partners import PartnerImport
from partners.services.importing.people import PeopleImport

__all__ = ["FIELDS", "PartnerImport", "PeopleImport", "make_groups"]
