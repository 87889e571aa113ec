/*
 * Everything that the rooms of the core share, for those that use much of it.
 */
#ifndef CC_INTERNAL_H
#define CC_INTERNAL_H

#include "base/address.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "base/unicode.h"
#include "base/zone.h"
#include "context/app.h"
#include "context/secret.h"
#include "context/trouble.h"
#include "gate/authority.h"
#include "gate/gate.h"
#include "gate/request.h"
#include "gate/signin.h"
#include "storage/hot.h"

#endif
