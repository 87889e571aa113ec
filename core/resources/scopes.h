/* Written by core/gather.sh.  Do not edit. */
#define CC_SCOPE_PAIRS(X)
