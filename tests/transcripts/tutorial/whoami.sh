curl "$CC_BASE/api/v1/whoami" \
-H "Authorization: Bearer $CC_KEY"
