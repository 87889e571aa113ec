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
    X(14, "checkpoints", cc_migration_14)
