import json

from django.db import migrations

# What organizations that are there already get: partners/services/standards.py as it was when this was written.
_CHOICES = {
    "industry": [
        ("manufacturi", "Manufacturing"),
        ("health-care", "Health care"),
        ("public-sect", "Public sector"),
        ("finance-and", "Finance and insurance"),
        ("retail", "Retail"),
        ("energy-and", "Energy and utilities"),
        ("education", "Education"),
        ("other-servi", "Other services"),
    ],
    "specializations": [
        ("consulting", "Consulting"),
        ("implementat", "Implementation"),
        ("integration", "Integration"),
        ("operations", "Operations"),
        ("training", "Training"),
        ("support", "Support"),
    ],
    "size": [
        ("1-9-people", "1–9 people"),
        ("10-49-peopl", "10–49 people"),
        ("50-249-peop", "50–249 people"),
        ("250-people", "250 people and more"),
    ],
    "capacity": [],
}
_ROWS = [
    ("industry", "Industries", "industries", "choices", "Where most of their customers are", "", 12),
    ("specializations", "Specializations", "specializations", "choices", "What they do better than most", "", 12),
    ("size", "Size", "size", "choice", "How many people work there", "", 12),
    (
        "capacity",
        "Free capacity",
        "free capacity",
        "number",
        "People who could begin a new project this quarter",
        "people",
        3,
    ),
]
_INSERT = """
INSERT INTO partners_attribute (organization_id, public_id, revision, name, normalized_name, kind, standard, hint, unit,
    choices, keeper, confirm_months, position, created_at)
SELECT organization.id, left(replace(gen_random_uuid()::text, '-', ''), 12), 1, %s, %s, %s, %s, %s, %s, %s::jsonb,
    'partner', %s, (SELECT count(*) FROM partners_attribute WHERE organization_id = organization.id), now()
FROM tenancy_organization AS organization
WHERE NOT EXISTS (
    SELECT FROM partners_attribute AS known WHERE known.organization_id = organization.id
        AND (known.standard = %s OR (known.normalized_name = %s AND known.archived_at IS NULL))
)
"""


def make_standard_attributes(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for standard, name, normalized, kind, hint, unit, months in _ROWS:
            choices = [{"key": key, "label": label, "is_retired": False} for key, label in _CHOICES[standard]]
            cursor.execute(
                _INSERT,
                [name, normalized, kind, standard, hint, unit, json.dumps(choices), months, standard, normalized],
            )


class Migration(migrations.Migration):
    dependencies = [("partners", "0010_products_ahead"), ("tenancy", "0001_initial")]

    operations = [migrations.RunPython(make_standard_attributes, migrations.RunPython.noop, elidable=True)]
