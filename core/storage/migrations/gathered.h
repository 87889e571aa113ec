/* Written by core/gather.sh.  Do not edit. */
#include "0001_projects.h"
#include "0002_work.h"
#include "0003_engine.h"
#include "0004_people.h"
#include "0005_chains.h"
#include "0006_clock.h"
#include "0007_chained.h"
#include "0008_authority.h"
#include "0009_isolation.h"
#include "0010_places.h"
#include "0011_search.h"
#include "0012_money.h"
#include "0013_source.h"
#include "0014_checkpoints.h"
#include "0015_reasons.h"
#include "0016_workers.h"
#include "0017_artifacts.h"
#include "0018_key_marks.h"
#include "0019_artifact_hashes.h"
#include "0020_schedule_reasons.h"
#include "0021_pulls.h"
#include "0022_bases.h"
#include "0023_forge_issues.h"
#include "0024_thinning.h"
#include "0025_branches.h"
#include "0026_pull_template.h"
#include "0027_limits.h"
#include "0028_error_codes.h"
#include "0029_webhooks.h"
#include "0030_costs.h"
#include "0031_documents.h"
#include "0032_commands.h"
#include "0033_budget.h"
#include "0034_skills.h"
#include "0035_learnings.h"
#include "0036_trash.h"
#include "0037_bound.h"
#include "0038_notifications.h"
#include "0039_sessions.h"
#include "0040_workflow_versions.h"
#include "0041_provider_keys.h"
#include "0042_changes.h"
#include "0043_sandboxes.h"
#include "0044_candidates.h"
#include "0045_traces.h"
#include "0046_delivery_errors.h"
#include "0047_rates_taken.h"
#include "0048_schedule_days.h"
#include "0049_mails.h"

#define CC_MIGRATIONS(X) \
    X(1, "projects", cc_migration_1) \
    X(2, "work", cc_migration_2) \
    X(3, "engine", cc_migration_3) \
    X(4, "people", cc_migration_4) \
    X(5, "chains", cc_migration_5) \
    X(6, "clock", cc_migration_6) \
    X(7, "chained", cc_migration_7) \
    X(8, "authority", cc_migration_8) \
    X(9, "isolation", cc_migration_9) \
    X(10, "places", cc_migration_10) \
    X(11, "search", cc_migration_11) \
    X(12, "money", cc_migration_12) \
    X(13, "source", cc_migration_13) \
    X(14, "checkpoints", cc_migration_14) \
    X(15, "reasons", cc_migration_15) \
    X(16, "workers", cc_migration_16) \
    X(17, "artifacts", cc_migration_17) \
    X(18, "key marks", cc_migration_18) \
    X(19, "artifact hashes", cc_migration_19) \
    X(20, "schedule reasons", cc_migration_20) \
    X(21, "pulls", cc_migration_21) \
    X(22, "bases", cc_migration_22) \
    X(23, "forge issues", cc_migration_23) \
    X(24, "thinning", cc_migration_24) \
    X(25, "branches", cc_migration_25) \
    X(26, "pull template", cc_migration_26) \
    X(27, "limits", cc_migration_27) \
    X(28, "error codes", cc_migration_28) \
    X(29, "webhooks", cc_migration_29) \
    X(30, "costs", cc_migration_30) \
    X(31, "documents", cc_migration_31) \
    X(32, "commands", cc_migration_32) \
    X(33, "budget", cc_migration_33) \
    X(34, "skills", cc_migration_34) \
    X(35, "learnings", cc_migration_35) \
    X(36, "trash", cc_migration_36) \
    X(37, "bound", cc_migration_37) \
    X(38, "notifications", cc_migration_38) \
    X(39, "sessions", cc_migration_39) \
    X(40, "workflow versions", cc_migration_40) \
    X(41, "provider keys", cc_migration_41) \
    X(42, "changes", cc_migration_42) \
    X(43, "sandboxes", cc_migration_43) \
    X(44, "candidates", cc_migration_44) \
    X(45, "traces", cc_migration_45) \
    X(46, "delivery errors", cc_migration_46) \
    X(47, "rates taken", cc_migration_47) \
    X(48, "schedule days", cc_migration_48) \
    X(49, "mails", cc_migration_49)
