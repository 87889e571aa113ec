/*
 * Step 29: webhooks: where to, and what is to be delivered.
 */
/* clang-format off */
static const char cc_migration_29[] = CC_SQL_TEXT(

CREATE TABLE webhook_endpoints (
    project_id            TEXT NOT NULL,
    id                    TEXT NOT NULL,
    url                   TEXT NOT NULL,
    description           TEXT,
    events                INTEGER NOT NULL,           /* a mask of gate/outbox.h; 0: all */
    is_enabled            INTEGER NOT NULL,
    mode                  TEXT NOT NULL,
    acts_for              TEXT,
    disabled_reason       TEXT,                       /* why the service has switched it off */
    failures              INTEGER NOT NULL DEFAULT 0, /* attempts that failed since the last one that did not */
    last_delivery_at      INTEGER,
    sealed                BLOB,                       /* its secret, sealed with the instance key */
    previous_sealed       BLOB,                       /* the one before, which signs too until then: */
    previous_secret_until INTEGER,
    created_at            INTEGER NOT NULL,
    updated_at            INTEGER NOT NULL,
    version               INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (project_id, id)
);

CREATE TABLE webhook_deliveries (
    project_id      TEXT NOT NULL,
    endpoint_id     TEXT NOT NULL,
    id              TEXT NOT NULL,              /* of the message: the same for each endpoint and attempt */
    event           TEXT NOT NULL,
    payload         TEXT NOT NULL,
    status          TEXT NOT NULL,              /* pending, delivered, failed */
    attempts        INTEGER NOT NULL DEFAULT 0,
    response_status INTEGER,                    /* of the last attempt; NULL: there was no answer */
    last_error      TEXT,
    due_at          INTEGER,                    /* when a worker is to try; NULL: it is not */
    taken_until     INTEGER,                    /* a worker is at it; until then nobody else is */
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    PRIMARY KEY (project_id, endpoint_id, id)
);

CREATE UNIQUE INDEX webhook_endpoints_by_id ON webhook_endpoints (id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_taken ON webhook_deliveries (endpoint_id) WHERE taken_until IS NOT NULL;
CREATE INDEX webhook_deliveries_old ON webhook_deliveries (created_at);
);
/* clang-format on */
