"""The operator's admin (PL-18): global models at /admin/, one organization's at /admin/o/<slug>/ inside its scope.

Operators keep an installation running; they are nobody's members. What people wrote is masked until an operator says
why it must be read, which is recorded; secrets are never shown.
"""
