from django.db import migrations, models

import prm.tenancy.fields

# The months' partitions are made by `prm.activity.partitions` whenever `migrate` has run; DEFAULT takes what has no month.
CREATE = """
CREATE SEQUENCE activity_fact_id_seq AS bigint;

-- What is added to a transaction's number to get a position in the stream. Written anew after a restore into another
-- cluster, whose transactions are numbered from the start again (prm.activity.partitions.continue_stream).
CREATE FUNCTION activity_stream_offset() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT 0::bigint';

CREATE TABLE activity_fact (
    id bigint NOT NULL DEFAULT nextval('activity_fact_id_seq'),
    organization_id bigint NOT NULL REFERENCES tenancy_organization (id),
    at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    stream_position bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint + activity_stream_offset()),
    kind varchar(60) NOT NULL,
    partner_id bigint,
    person_id bigint,
    object_id bigint,
    amount numeric(18, 4) NOT NULL,
    unit varchar(20) NOT NULL DEFAULT '',
    data jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT activity_fact_pkey PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);

ALTER SEQUENCE activity_fact_id_seq OWNED BY activity_fact.id;

CREATE INDEX activity_fact_kind ON activity_fact (organization_id, kind, at) INCLUDE (partner_id, amount);
CREATE INDEX activity_fact_partner ON activity_fact (organization_id, partner_id, at);
CREATE INDEX activity_fact_stream ON activity_fact (organization_id, stream_position, id);

CREATE TABLE activity_fact_default PARTITION OF activity_fact DEFAULT;
"""
DROP = "DROP TABLE activity_fact; DROP FUNCTION activity_stream_offset();"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("tenancy", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(CREATE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="Fact",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("organization", prm.tenancy.fields.OrganizationField(referable=False)),
                        ("at", models.DateTimeField(verbose_name="happened at")),
                        ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                        ("stream_position", models.BigIntegerField(editable=False)),
                        ("kind", models.CharField(max_length=60, verbose_name="kind")),
                        ("partner_id", models.BigIntegerField(null=True)),
                        ("person_id", models.BigIntegerField(null=True)),
                        ("object_id", models.BigIntegerField(null=True)),
                        ("amount", models.DecimalField(decimal_places=4, max_digits=18, verbose_name="amount")),
                        ("unit", models.CharField(blank=True, max_length=20, verbose_name="unit")),
                        ("data", models.JSONField(default=dict)),
                    ],
                    options={
                        "verbose_name": "fact",
                        "verbose_name_plural": "facts",
                        "base_manager_name": "objects",
                        "indexes": [
                            models.Index(
                                fields=["organization", "kind", "at"],
                                name="activity_fact_kind",
                                include=["partner_id", "amount"],
                            ),
                            models.Index(fields=["organization", "partner_id", "at"], name="activity_fact_partner"),
                            models.Index(fields=["organization", "stream_position", "id"], name="activity_fact_stream"),
                        ],
                    },
                ),
            ],
        ),
    ]
