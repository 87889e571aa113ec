/* Written by core/gather.sh.  Do not edit. */
#define CC_PLAIN_RESOURCES(X) \
    X(cc_commands, "/commands", "commands", "a command", "commands", ASSETS) \
    X(cc_contexts, "/contexts", "contexts", "a context", "contexts", CONTEXTS) \
    X(cc_issues, "/issues", "issues", "an issue", "issues", ISSUES) \
    X(cc_learnings, "/learnings", "learnings", "a learning", "learnings", LEARNINGS) \
    X(cc_personas, "/personas", "personas", "a persona", "personas", PERSONAS) \
    X(cc_scripts, "/scripts", "scripts", "a script", "scripts", ASSETS) \
    X(cc_skills, "/skills", "skills", "a skill", "skills", ASSETS)
