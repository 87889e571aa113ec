curl "$CC_BASE/api/v1/workflows?limit=5" \
-H "Authorization: Bearer $CC_KEY"
