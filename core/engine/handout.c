/*
 * What agents are given of a run's documents: the contexts that were active when it was asked for, in the versions
 * that were.
 *
 * They go into the instruction file that an agent reads in its home, beside those of the repository and never into the
 * work tree: so nothing of the repository is written over, and nothing of them is ever committed.  A home that is not
 * the run's alone (agentHome) is left as it is, and some agents have no such file: those are told in their prompt.
 */
#include "engine/handout.h"

#include <unistd.h>

#include "base/mend.h"
#include "context/app.h"
#include "context/settings.h"
#include "engine/credential.h"
#include "engine/directory.h"
#include "resources/documents.h"

enum { CONTEXTS_MOST = 1024 * 1024 /* bytes, of all of them */ };

static cc_err
doubt(cc_arena *a, cc_handout *out, const char *name, const char *why)
{
    const char *before = out->doubt;

    out->doubt =
        cc_printf(a, "%s%sThe context '%s' is left out: %s.", before ? before : "", before ? "  " : "", name, why);
    return out->doubt ? CC_OK : CC_E_UNAVAILABLE;
}

/* One of them, if it is there still and there is room for it. */
static cc_err
context_take(cc_app *app, cc_arena *a, const char *project_id, const cc_json *document, cc_buf *text, cc_buf *listed,
             cc_handout *out)
{
    const char   *id = cc_json_text_at(document, "id"), *name = cc_json_text_at(document, "name"), *content;
    const int64_t version = (int64_t)cc_json_number_at(document, "version");
    bool          found;
    cc_err        err = cc_document_content(app, a, project_id, id, version, &content, &found);

    if (err != CC_OK)
        return err;
    if (!found)
        return doubt(a, out, name, "it was deleted after the run was asked for");
    if (text->size + strlen(content) > CONTEXTS_MOST)
        return doubt(a, out, name, "all of them are longer than 1 MiB");
    cc_puts(text, text->size ? "\n\n" : "");
    cc_puts(text, content);
    cc_putf(listed, "%s{\"id\":\"%s\",", listed->size ? "," : "", id);
    cc_put_member(listed, "name", name);
    cc_putf(listed, ",\"version\":%lld}", (long long)version);
    return CC_OK;
}

cc_err
cc_handout_load(cc_app *app, cc_arena *a, const char *project_id, const cc_json *documents, const char *context_id,
                cc_handout *out)
{
    cc_buf text, listed;
    cc_err err = CC_OK;

    *out = (cc_handout){0};
    cc_buf_init(&text, a);
    cc_buf_init(&listed, a);
    for (const cc_json *j = documents ? cc_json_first(documents) : NULL; j && err == CC_OK; j = cc_json_next(j))
        if (!context_id || strcmp(cc_json_text_at(j, "id"), context_id) == 0)
            err = context_take(app, a, project_id, j, &text, &listed, out);
    if (context_id && !text.size && !out->doubt)
        out->doubt =
            "The persona's context is none of the run's, which were active when it was asked for: the step goes without one.";
    out->contexts = cc_buf_text(&text);
    out->listed = cc_buf_text(&listed);
    return err == CC_OK && (!out->contexts || !out->listed) ? CC_E_UNAVAILABLE : err;
}

bool
cc_handout_by_file(cc_app *app, const cc_agent *agent, const cc_json *environment)
{
    return agent->instructions && !*cc_setting_text(app, CC_SETTING_agentHome) &&
           !(agent->moved_by && cc_credential_variable(environment, agent->moved_by));
}

/* Written anew for every step: the one before may have been given others, and its agent may have changed them. */
static bool
file_give(cc_slot *s, const cc_agent *agent, const char *text)
{
    const char *home = cc_printf(s->step, "%s/home", s->root);
    const uid_t uid = s->w->sandbox ? cc_sandbox_uid(s->lease.project_id) : geteuid();

    return home && cc_directory_put(home, agent->instructions, text, strlen(text), uid);
}

cc_err
cc_handout_give(cc_slot *s, const cc_assignee *t, const char **for_prompt)
{
    cc_handout handout;
    cc_err     err = cc_handout_load(s->w->app, s->step, s->lease.project_id, s->documents, t->context_id, &handout);

    *for_prompt = NULL;
    if (err != CC_OK || !s->documents || !cc_json_first(s->documents))
        return err;
    cc_slot_say(s, handout.doubt);
    if (!cc_handout_by_file(s->w->app, t->agent, s->project.environment) || !file_give(s, t->agent, handout.contexts))
        *for_prompt = handout.contexts;
    return CC_OK;
}
