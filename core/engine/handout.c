/*
 * What agents are given of a run's documents: the contexts, commands and scripts that were active when it was asked
 * for, in the versions that were.
 *
 * Contexts go into the instruction file that an agent reads in its home, commands and scripts into files there: beside
 * those of the repository and never into the work tree.  So nothing of the repository is written over, and nothing of
 * them is ever committed.  A home that is not the run's alone (agentHome) is left as it is, and some agents have no
 * such places: those are told contexts in their prompt, and go without the rest, which is said.
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

typedef struct gathering {
    cc_app           *app;
    cc_arena         *arena;
    const char       *project_id;
    const cc_agent   *agent; /* NULL: it is not known yet */
    bool              by_file;
    cc_buf            text, contexts, assets;
    cc_handout_file **last;
    cc_handout       *out;
} gathering;

static bool
is_of(const char *id, const char *prefix)
{
    return strncmp(id, prefix, strlen(prefix)) == 0;
}

/* ---- which --------------------------------------------------------------------------------------- */

static cc_err
say(gathering *g, const char *sentence)
{
    const char *before = g->out->doubt;

    g->out->doubt = before && sentence ? cc_printf(g->arena, "%s  %s", before, sentence) : sentence;
    return g->out->doubt ? CC_OK : CC_E_UNAVAILABLE;
}

static cc_err
leave_out(gathering *g, const char *what, const char *name, const char *why)
{
    return say(g, cc_printf(g->arena, "The %s '%s' is left out: %s.", what, name, why));
}

static void
note(cc_buf *listed, const cc_json *document)
{
    cc_putf(listed, "%s{\"id\":\"%s\",", listed->size ? "," : "", cc_json_text_at(document, "id"));
    cc_put_member(listed, "name", cc_json_text_at(document, "name"));
    cc_putf(listed, ",\"version\":%lld}", (long long)cc_json_number_at(document, "version"));
}

/* If there is room for it. */
static cc_err
context_take(gathering *g, const cc_json *document, const char *content)
{
    if (g->text.size + strlen(content) > CONTEXTS_MOST)
        return leave_out(g, "context", cc_json_text_at(document, "name"), "all of them are longer than 1 MiB");
    cc_puts(&g->text, g->text.size ? "\n\n" : "");
    cc_puts(&g->text, content);
    note(&g->contexts, document);
    return CC_OK;
}

/* If its agent has a place for it. */
static cc_err
file_take(gathering *g, const cc_json *document, const char *what, const char *content)
{
    const bool       is_script = is_of(cc_json_text_at(document, "id"), CC_SCRIPT_PREFIX);
    const char      *name = cc_json_text_at(document, "name"), *folder = NULL;
    cc_handout_file *file = cc_alloc(g->arena, sizeof(*file));

    if (g->agent && g->by_file)
        folder = is_script ? g->agent->scripts : g->agent->commands;
    if (!folder)
        return leave_out(g, what, name, "its agent has no place for it, in a home that is the run's alone");
    if (!file || !(file->path = cc_printf(g->arena, "%s/%s%s", folder, name, is_script ? "" : ".md")))
        return CC_E_UNAVAILABLE;
    file->text = content;
    file->is_program = is_script;
    *g->last = file;
    g->last = &file->next;
    note(&g->assets, document);
    return CC_OK;
}

static cc_err
take(gathering *g, const cc_json *document)
{
    const char   *id = cc_json_text_at(document, "id"), *content;
    const int64_t version = (int64_t)cc_json_number_at(document, "version");
    const char   *what = is_of(id, CC_CONTEXT_PREFIX) ? "context" : is_of(id, CC_COMMAND_PREFIX) ? "command" : "script";
    bool          found;
    cc_err        err = cc_document_content(g->app, g->arena, g->project_id, id, version, &content, &found);

    if (err != CC_OK)
        return err;
    if (!found)
        return leave_out(g, what, cc_json_text_at(document, "name"), "it was deleted after the run was asked for");
    return is_of(id, CC_CONTEXT_PREFIX) ? context_take(g, document, content) : file_take(g, document, what, content);
}

cc_err
cc_handout_load(cc_app *app, cc_arena *a, const char *project_id, const cc_json *documents, const cc_assignee *t,
                const cc_json *environment, cc_handout *out)
{
    gathering g = {.app = app, .arena = a, .project_id = project_id, .agent = t->agent, .out = out};
    bool      bound = false;
    cc_err    err = CC_OK;

    *out = (cc_handout){0};
    g.last = &out->files;
    g.by_file = t->agent && cc_handout_by_file(app, t->agent, environment);
    cc_buf_init(&g.text, a);
    cc_buf_init(&g.contexts, a);
    cc_buf_init(&g.assets, a);
    for (const cc_json *j = documents ? cc_json_first(documents) : NULL; j && err == CC_OK; j = cc_json_next(j)) {
        const char *id = cc_json_text_at(j, "id");
        const bool  is_bound = t->context_id && strcmp(id, t->context_id) == 0;
        bound |= is_bound;
        if (!t->context_id || !is_of(id, CC_CONTEXT_PREFIX) || is_bound)
            err = take(&g, j);
    }
    if (err == CC_OK && t->context_id && !bound)
        err = say(&g, "The persona's context is none of the run's, which were active when it was asked for: the step "
                      "goes without one.");
    out->contexts = cc_buf_text(&g.text);
    out->contexts_listed = cc_buf_text(&g.contexts);
    out->assets_listed = cc_buf_text(&g.assets);
    return err == CC_OK && !(out->contexts && out->contexts_listed && out->assets_listed) ? CC_E_UNAVAILABLE : err;
}

/* ---- where --------------------------------------------------------------------------------------- */

bool
cc_handout_by_file(cc_app *app, const cc_agent *agent, const cc_json *environment)
{
    return agent->instructions && !*cc_setting_text(app, CC_SETTING_agentHome) &&
           !(agent->moved_by && cc_credential_variable(environment, agent->moved_by));
}

/* Written anew for every step: the one before may have been given others, and its agent may have changed them. */
static bool
file_give(cc_slot *s, const char *path, const char *text, bool is_program)
{
    const char *home = cc_printf(s->step, "%s/home", s->root);
    const uid_t uid = s->w->sandbox ? cc_sandbox_uid(s->lease.project_id) : geteuid();

    return home && cc_directory_put(home, path, text, strlen(text), is_program ? 0755 : 0600, uid);
}

cc_err
cc_handout_give(cc_slot *s, const cc_assignee *t, const char **for_prompt)
{
    cc_handout handout;
    cc_err     err;

    *for_prompt = NULL;
    if (!s->documents || !cc_json_first(s->documents))
        return CC_OK;
    if ((err = cc_handout_load(s->w->app, s->step, s->lease.project_id, s->documents, t, s->project.environment,
                               &handout)) != CC_OK)
        return err;
    cc_slot_say(s, handout.doubt);
    if (!cc_handout_by_file(s->w->app, t->agent, s->project.environment) ||
        !file_give(s, t->agent->instructions, handout.contexts, false))
        *for_prompt = handout.contexts;
    for (const cc_handout_file *file = handout.files; file; file = file->next)
        if (!file_give(s, file->path, file->text, file->is_program))
            cc_slot_say(
                s, cc_printf(s->step, "The agent's home has no room for %s: what is there is in its way.", file->path));
    return CC_OK;
}
