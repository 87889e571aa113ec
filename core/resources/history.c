/*
 * The audit log, as it is read.  Written by core/audit.c; a declaration is all there is to reading it.
 */
#include "resources/resources.h"

static const char *const actors[] = {"key", "user", "local", NULL};

static const cc_field fields[] = {
    CC_ROW_HEAD("aud_"),
    CC_F("actorType", CC_TYPE_CHOICE, CC_FIELD_READ_ONLY, 0, 0,
         "Who did it: a key, somebody signed in, or the operator.", .choices = actors, .example = "\"key\""),
    CC_F("actorId", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE | CC_FIELD_FILTER, 1, 40,
         "The key's or person's id.", .example = "\"kak_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("actorName", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 1, 254, "The key's name or the person's address, as it was.",
         .example = "\"quickstart\""),
    CC_F("action", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_FILTER, 1, 60, "What was done: the operation's name.",
         .example = "\"runs.start\""),
    CC_F("resourceId", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE | CC_FIELD_FILTER, 1, 40, "To what.",
         .example = "\"run_0NqT3yKc8ZVbW5aXeRm1Lp\""),
    CC_F("address", CC_TYPE_LINE, CC_FIELD_READ_ONLY | CC_FIELD_NULLABLE, 1, 50, "From where; null: in-process.",
         .example = "\"192.0.2.7\""),
    CC_F("requestId", CC_TYPE_LINE, CC_FIELD_READ_ONLY, 36, 36, "The X-Request-ID of that request.",
         .example = "\"5b2c1f0a-8e7d-4a4f-bb6d-f0a3c8a1e7e2\""),
    CC_F("createdAt", CC_TYPE_TIME, CC_FIELD_READ_ONLY, 0, 0, "When.", .example = "\"2025-01-15T10:04:00Z\""),
    CC_END,
};

const cc_resource cc_history = {
    .singular = "auditEntry",
    .table = "audit",
    .prefix = "aud_",
    .fields = fields,
    .by_time = true,
    .meaning = "One change: who made it, when and from where.",
};
