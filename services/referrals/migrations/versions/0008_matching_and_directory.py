"""What matching knows beside the directory, and the directory of help around us in the terms of HSDS."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    CREATE TABLE lived_experience (
        tenant_id UUID NOT NULL, worker_id UUID NOT NULL, codes TEXT[] DEFAULT '{}'::text[] NOT NULL,
        use_for_matching BOOLEAN NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_lived_experience PRIMARY KEY (tenant_id, worker_id),
        CONSTRAINT fk_lived_experience_tenant_id_worker_id_workers FOREIGN KEY(tenant_id, worker_id)
            REFERENCES workers (tenant_id, id)
    )
    """,
    """
    CREATE TABLE person_wishes (
        tenant_id UUID NOT NULL, person_id UUID NOT NULL, codes TEXT[] DEFAULT '{}'::text[] NOT NULL,
        recorded_by_worker_id UUID, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_person_wishes PRIMARY KEY (tenant_id, person_id),
        CONSTRAINT fk_person_wishes_tenant_id_person_id_people FOREIGN KEY(tenant_id, person_id)
            REFERENCES people (tenant_id, id),
        CONSTRAINT fk_person_wishes_tenant_id_recorded_by_worker_id_workers
            FOREIGN KEY(tenant_id, recorded_by_worker_id) REFERENCES workers (tenant_id, id)
    )
    """,
    """
    CREATE TABLE dual_relationships (
        tenant_id UUID NOT NULL, id UUID NOT NULL, version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, worker_id UUID NOT NULL, person_id UUID NOT NULL,
        programme_id UUID NOT NULL, declared_by_worker_id UUID NOT NULL, ended_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_dual_relationships PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_dual_relationships_tenant_id_worker_id_workers FOREIGN KEY(tenant_id, worker_id)
            REFERENCES workers (tenant_id, id),
        CONSTRAINT fk_dual_relationships_tenant_id_person_id_people FOREIGN KEY(tenant_id, person_id)
            REFERENCES people (tenant_id, id),
        CONSTRAINT fk_dual_relationships_tenant_id_programme_id_programmes FOREIGN KEY(tenant_id, programme_id)
            REFERENCES programmes (tenant_id, id),
        CONSTRAINT fk_dual_relationships_tenant_id_declared_by_worker_id_workers
            FOREIGN KEY(tenant_id, declared_by_worker_id) REFERENCES workers (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_dual_relationships_by_programme ON dual_relationships (tenant_id, programme_id, id)",
    "CREATE INDEX ix_dual_relationships_by_worker ON dual_relationships (tenant_id, worker_id, person_id)",
    """
    CREATE TABLE capacity_terms (
        tenant_id UUID NOT NULL, id UUID NOT NULL, version INTEGER NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, programme_id UUID NOT NULL, effective_from DATE NOT NULL,
        caseload INTEGER, waitlist BOOLEAN NOT NULL, assessment_first BOOLEAN NOT NULL,
        supervision_must_be_current BOOLEAN NOT NULL,
        CONSTRAINT pk_capacity_terms PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_capacity_terms_tenant_id_programme_id_programmes FOREIGN KEY(tenant_id, programme_id)
            REFERENCES programmes (tenant_id, id),
        CONSTRAINT uq_capacity_terms_tenant_id_programme_id_effective_from
            UNIQUE (tenant_id, programme_id, effective_from),
        CONSTRAINT ck_capacity_terms_caseload_is_a_number_of_people CHECK (caseload >= 0)
    )
    """,
    """
    CREATE TABLE directory_organization (
        tenant_id UUID NOT NULL, id UUID NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        name TEXT NOT NULL, description TEXT NOT NULL, alternate_name TEXT, email TEXT, website TEXT,
        legal_status TEXT, uri TEXT, parent_organization_id UUID,
        CONSTRAINT pk_directory_organization PRIMARY KEY (tenant_id, id)
    )
    """,
    """
    CREATE TABLE directory_taxonomy_term (
        tenant_id UUID NOT NULL, id UUID NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        name TEXT NOT NULL, description TEXT NOT NULL, parent_id UUID, code TEXT, taxonomy TEXT, language TEXT,
        term_uri TEXT,
        CONSTRAINT pk_directory_taxonomy_term PRIMARY KEY (tenant_id, id)
    )
    """,
    """
    CREATE TABLE directory_unit (
        tenant_id UUID NOT NULL, id UUID NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        name TEXT NOT NULL, scheme TEXT, identifier TEXT, uri TEXT,
        CONSTRAINT pk_directory_unit PRIMARY KEY (tenant_id, id)
    )
    """,
    """
    CREATE TABLE directory_service (
        tenant_id UUID NOT NULL, id UUID NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        organization_id UUID, name TEXT NOT NULL, status TEXT NOT NULL, alternate_name TEXT, description TEXT,
        url TEXT, email TEXT, interpretation_services TEXT, application_process TEXT, fees_description TEXT,
        wait_time TEXT, eligibility_description TEXT, alert TEXT, minimum_age DOUBLE PRECISION,
        maximum_age DOUBLE PRECISION, assured_date DATE, last_modified TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_directory_service PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_directory_service_tenant_id_organization_id_director_fb45
            FOREIGN KEY(tenant_id, organization_id) REFERENCES directory_organization (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_directory_service_by_organization ON directory_service (tenant_id, organization_id)",
    """
    CREATE TABLE directory_location (
        tenant_id UUID NOT NULL, id UUID NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        organization_id UUID, location_type TEXT NOT NULL, name TEXT, alternate_name TEXT, description TEXT,
        transportation TEXT, url TEXT, latitude DOUBLE PRECISION, longitude DOUBLE PRECISION,
        CONSTRAINT pk_directory_location PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_directory_location_tenant_id_organization_id_directo_fe6e
            FOREIGN KEY(tenant_id, organization_id) REFERENCES directory_organization (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_directory_location_by_organization ON directory_location (tenant_id, organization_id)",
    """
    CREATE TABLE directory_service_at_location (
        tenant_id UUID NOT NULL, id UUID NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, service_id UUID,
        location_id UUID, description TEXT,
        CONSTRAINT pk_directory_service_at_location PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_directory_service_at_location_tenant_id_service_id_d_7b71 FOREIGN KEY(tenant_id, service_id)
            REFERENCES directory_service (tenant_id, id),
        CONSTRAINT fk_directory_service_at_location_tenant_id_location_id__4569 FOREIGN KEY(tenant_id, location_id)
            REFERENCES directory_location (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_directory_service_at_location_by_location"
    " ON directory_service_at_location (tenant_id, location_id)",
    "CREATE INDEX ix_directory_service_at_location_by_service ON directory_service_at_location (tenant_id, service_id)",
    """
    CREATE TABLE directory_address (
        tenant_id UUID NOT NULL, id UUID NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, location_id UUID,
        address_1 TEXT NOT NULL, city TEXT NOT NULL, state_province TEXT NOT NULL, postal_code TEXT NOT NULL,
        country TEXT NOT NULL, address_2 TEXT, region TEXT, address_type TEXT NOT NULL,
        CONSTRAINT pk_directory_address PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_directory_address_tenant_id_location_id_directory_location FOREIGN KEY(tenant_id, location_id)
            REFERENCES directory_location (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_directory_address_by_location ON directory_address (tenant_id, location_id)",
    """
    CREATE TABLE directory_phone (
        tenant_id UUID NOT NULL, id UUID NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        organization_id UUID, service_id UUID, location_id UUID, service_at_location_id UUID, number TEXT NOT NULL,
        extension DOUBLE PRECISION, type TEXT, description TEXT,
        CONSTRAINT pk_directory_phone PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_directory_phone_tenant_id_organization_id_directory__9c6f
            FOREIGN KEY(tenant_id, organization_id) REFERENCES directory_organization (tenant_id, id),
        CONSTRAINT fk_directory_phone_tenant_id_service_id_directory_service FOREIGN KEY(tenant_id, service_id)
            REFERENCES directory_service (tenant_id, id),
        CONSTRAINT fk_directory_phone_tenant_id_location_id_directory_location FOREIGN KEY(tenant_id, location_id)
            REFERENCES directory_location (tenant_id, id),
        CONSTRAINT fk_directory_phone_tenant_id_service_at_location_id_dir_9d6b
            FOREIGN KEY(tenant_id, service_at_location_id) REFERENCES directory_service_at_location (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_directory_phone_by_location ON directory_phone (tenant_id, location_id)",
    "CREATE INDEX ix_directory_phone_by_organization ON directory_phone (tenant_id, organization_id)",
    "CREATE INDEX ix_directory_phone_by_service ON directory_phone (tenant_id, service_id)",
    "CREATE INDEX ix_directory_phone_by_service_at_location ON directory_phone (tenant_id, service_at_location_id)",
    """
    CREATE TABLE directory_schedule (
        tenant_id UUID NOT NULL, id UUID NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, service_id UUID,
        location_id UUID, service_at_location_id UUID, valid_from DATE, valid_to DATE, dtstart DATE, until DATE,
        timezone DOUBLE PRECISION, count DOUBLE PRECISION, interval DOUBLE PRECISION, freq TEXT, opens_at TEXT,
        closes_at TEXT, wkst TEXT, byday TEXT, byweekno TEXT, bymonthday TEXT, byyearday TEXT, description TEXT,
        schedule_link TEXT, attending_type TEXT, notes TEXT,
        CONSTRAINT pk_directory_schedule PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_directory_schedule_tenant_id_service_id_directory_service FOREIGN KEY(tenant_id, service_id)
            REFERENCES directory_service (tenant_id, id),
        CONSTRAINT fk_directory_schedule_tenant_id_location_id_directory_location
            FOREIGN KEY(tenant_id, location_id) REFERENCES directory_location (tenant_id, id),
        CONSTRAINT fk_directory_schedule_tenant_id_service_at_location_id__0423
            FOREIGN KEY(tenant_id, service_at_location_id) REFERENCES directory_service_at_location (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_directory_schedule_by_location ON directory_schedule (tenant_id, location_id)",
    "CREATE INDEX ix_directory_schedule_by_service ON directory_schedule (tenant_id, service_id)",
    "CREATE INDEX ix_directory_schedule_by_service_at_location"
    " ON directory_schedule (tenant_id, service_at_location_id)",
    """
    CREATE TABLE directory_language (
        tenant_id UUID NOT NULL, id UUID NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, service_id UUID,
        location_id UUID, phone_id UUID, name TEXT, code TEXT, note TEXT,
        CONSTRAINT pk_directory_language PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_directory_language_tenant_id_service_id_directory_service FOREIGN KEY(tenant_id, service_id)
            REFERENCES directory_service (tenant_id, id),
        CONSTRAINT fk_directory_language_tenant_id_location_id_directory_location
            FOREIGN KEY(tenant_id, location_id) REFERENCES directory_location (tenant_id, id),
        CONSTRAINT fk_directory_language_tenant_id_phone_id_directory_phone FOREIGN KEY(tenant_id, phone_id)
            REFERENCES directory_phone (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_directory_language_by_location ON directory_language (tenant_id, location_id)",
    "CREATE INDEX ix_directory_language_by_phone ON directory_language (tenant_id, phone_id)",
    "CREATE INDEX ix_directory_language_by_service ON directory_language (tenant_id, service_id)",
    """
    CREATE TABLE directory_accessibility (
        tenant_id UUID NOT NULL, id UUID NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, location_id UUID,
        description TEXT, details TEXT, url TEXT,
        CONSTRAINT pk_directory_accessibility PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_directory_accessibility_tenant_id_location_id_direct_e929 FOREIGN KEY(tenant_id, location_id)
            REFERENCES directory_location (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_directory_accessibility_by_location ON directory_accessibility (tenant_id, location_id)",
    """
    CREATE TABLE directory_service_capacity (
        tenant_id UUID NOT NULL, id UUID NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL, service_id UUID,
        unit_id UUID, available DOUBLE PRECISION NOT NULL, maximum DOUBLE PRECISION,
        updated TIMESTAMP WITH TIME ZONE NOT NULL, description TEXT,
        CONSTRAINT pk_directory_service_capacity PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_directory_service_capacity_tenant_id_service_id_dire_04f7 FOREIGN KEY(tenant_id, service_id)
            REFERENCES directory_service (tenant_id, id),
        CONSTRAINT fk_directory_service_capacity_tenant_id_unit_id_directory_unit FOREIGN KEY(tenant_id, unit_id)
            REFERENCES directory_unit (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_directory_service_capacity_by_service ON directory_service_capacity (tenant_id, service_id)",
    "CREATE INDEX ix_directory_service_capacity_by_unit ON directory_service_capacity (tenant_id, unit_id)",
    """
    CREATE TABLE directory_attribute (
        tenant_id UUID NOT NULL, id UUID NOT NULL, recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        organization_id UUID, service_id UUID, location_id UUID, service_at_location_id UUID, taxonomy_term_id UUID,
        value TEXT,
        CONSTRAINT pk_directory_attribute PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_directory_attribute_tenant_id_organization_id_direct_9a9e
            FOREIGN KEY(tenant_id, organization_id) REFERENCES directory_organization (tenant_id, id),
        CONSTRAINT fk_directory_attribute_tenant_id_service_id_directory_service FOREIGN KEY(tenant_id, service_id)
            REFERENCES directory_service (tenant_id, id),
        CONSTRAINT fk_directory_attribute_tenant_id_location_id_directory_location
            FOREIGN KEY(tenant_id, location_id) REFERENCES directory_location (tenant_id, id),
        CONSTRAINT fk_directory_attribute_tenant_id_service_at_location_id_7dc6
            FOREIGN KEY(tenant_id, service_at_location_id) REFERENCES directory_service_at_location (tenant_id, id),
        CONSTRAINT fk_directory_attribute_tenant_id_taxonomy_term_id_direc_150a
            FOREIGN KEY(tenant_id, taxonomy_term_id) REFERENCES directory_taxonomy_term (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_directory_attribute_by_location ON directory_attribute (tenant_id, location_id)",
    "CREATE INDEX ix_directory_attribute_by_organization ON directory_attribute (tenant_id, organization_id)",
    "CREATE INDEX ix_directory_attribute_by_service ON directory_attribute (tenant_id, service_id)",
    "CREATE INDEX ix_directory_attribute_by_service_at_location"
    " ON directory_attribute (tenant_id, service_at_location_id)",
    "CREATE INDEX ix_directory_attribute_by_taxonomy_term ON directory_attribute (tenant_id, taxonomy_term_id)",
)


def upgrade() -> None:
    """New tables only: older code goes on working."""
    for statement in _STATEMENTS:
        op.execute(statement)
