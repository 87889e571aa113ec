/*
 * What agents are given of a run's documents: the contexts, learnings, skills, commands and scripts that were active
 * when it was asked for, in the versions that were.
 *
 * Contexts and learnings go into the instruction file that an agent reads in its home, the others into files there:
 * beside those of the repository and never into the work tree.  So nothing of the repository is written over, and
 * nothing of them is ever committed.  A home that is not the run's alone (agentHome) is left as it is, and some agents
 * have no such places: those are told contexts in their prompt, and go without the rest, which is said.
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
    cc_buf            text, contexts, learnings, assets;
    cc_handout_file **last;
    cc_handout       *out;
} gathering;

static bool
is_of(const char *id, const char *prefix)
{
    return strncmp(id, prefix, strlen(prefix)) == 0;
}

/* ---- which --------------------------------------------------------------------------------------- */

/* What documents are called, and the member of a persona that binds one; NULL: none does. */
static const struct kind {
    const char *prefix, *name, *binding;
} kinds[] = {
    {CC_CONTEXT_PREFIX, "context", "contextId"},  {CC_LEARNING_PREFIX, "learning", NULL},
    {CC_COMMAND_PREFIX, "command", "commandIds"}, {CC_SKILL_PREFIX, "skill", "skillIds"},
    {CC_SCRIPT_PREFIX, "script", "scriptIds"},
};

static const struct kind *
kind_of(const char *id)
{
    const struct kind *kind = kinds;

    while (kind < kinds + CC_COUNT(kinds) - 1 && !is_of(id, kind->prefix))
        kind++;
    return kind;
}

/* The first sentence says whose field it is. */
static cc_err
say(gathering *g, const char *id, const char *sentence)
{
    const char *before = g->out->doubt;

    g->out->field = before ? g->out->field : kind_of(id)->binding;
    g->out->doubt = before && sentence ? cc_printf(g->arena, "%s  %s", before, sentence) : sentence;
    return g->out->doubt ? CC_OK : CC_E_UNAVAILABLE;
}

static cc_err
leave_out(gathering *g, const char *id, const char *name, const char *why)
{
    return say(g, id, cc_printf(g->arena, "The %s '%s' is left out: %s.", kind_of(id)->name, name, why));
}

static void
note(cc_buf *listed, const cc_json *document)
{
    cc_putf(listed, "%s{\"id\":\"%s\",", listed->size ? "," : "", cc_json_text_at(document, "id"));
    cc_put_member(listed, "name", cc_json_text_at(document, "name"));
    cc_putf(listed, ",\"version\":%lld}", (long long)cc_json_number_at(document, "version"));
}

/* Does it stand in the instruction file, and is no file itself? */
static bool
is_text(const char *id)
{
    return is_of(id, CC_CONTEXT_PREFIX) || is_of(id, CC_LEARNING_PREFIX);
}

/* If there is room for it. */
static cc_err
text_take(gathering *g, const cc_json *document, const char *content)
{
    const char *id = cc_json_text_at(document, "id"), *name = cc_json_text_at(document, "name");
    const bool  is_learning = is_of(id, CC_LEARNING_PREFIX);

    if (g->text.size + strlen(content) > CONTEXTS_MOST)
        return leave_out(g, id, name, "all of them are longer than 1 MiB");
    cc_puts(&g->text, g->text.size ? "\n\n" : "");
    if (is_learning)
        cc_putf(&g->text, "%s## %s\n", g->learnings.size ? "" : "# What runs have taught\n", name);
    cc_puts(&g->text, content);
    note(is_learning ? &g->learnings : &g->contexts, document);
    return CC_OK;
}

/* Where its agent has those, below HOME; NULL: nowhere. */
static const char *
folder_of(const gathering *g, const char *id)
{
    if (!g->agent || !g->by_file || is_text(id))
        return NULL;
    return is_of(id, CC_COMMAND_PREFIX) ? g->agent->commands
           : is_of(id, CC_SKILL_PREFIX) ? g->agent->skills
                                        : g->agent->scripts;
}

static const char *
place_of(const gathering *g, const char *folder, const cc_json *document)
{
    const char *suffix = is_of(cc_json_text_at(document, "id"), CC_COMMAND_PREFIX) ? ".md" : "";

    return cc_printf(g->arena, "%s/%s%s", folder, cc_json_text_at(document, "name"), suffix);
}

/* text NULL: what is there is taken away. */
static cc_err
file_add(gathering *g, const char *path, const char *text, bool is_program)
{
    cc_handout_file *file = cc_alloc(g->arena, sizeof(*file));

    if (!file || !path)
        return CC_E_UNAVAILABLE;
    *file = (cc_handout_file){.path = path, .text = text, .is_program = is_program};
    *g->last = file;
    g->last = &file->next;
    return CC_OK;
}

/* In place of what an older one of its name has put there. */
static cc_err
skill_add(gathering *g, const char *place, const char *content)
{
    const cc_json *files;
    const char    *why;
    cc_err         err = cc_json_parse(g->arena, content, strlen(content), &files, &why);

    if (err == CC_OK)
        err = file_add(g, place, NULL, false);
    for (const cc_json *j = err == CC_OK ? cc_json_first(files) : NULL; j && err == CC_OK; j = cc_json_next(j)) {
        const char *text = cc_json_text_at(j, "content");
        err = file_add(g, cc_printf(g->arena, "%s/%s", place, cc_json_text_at(j, "path")), text, is_of(text, "#!/"));
    }
    return err == CC_E_VALIDATION ? CC_E_INTERNAL : err; /* it was valid when it was stored */
}

/* If its agent has a place for it. */
static cc_err
file_take(gathering *g, const cc_json *document, const char *content)
{
    const char *id = cc_json_text_at(document, "id"), *folder = folder_of(g, id), *place;

    if (!folder)
        return leave_out(g, id, cc_json_text_at(document, "name"),
                         "its agent has no place for it, in a home that is the run's alone");
    if (!(place = place_of(g, folder, document)))
        return CC_E_UNAVAILABLE;
    note(&g->assets, document);
    return is_of(id, CC_SKILL_PREFIX) ? skill_add(g, place, content)
                                      : file_add(g, place, content, is_of(id, CC_SCRIPT_PREFIX));
}

static cc_err
take(gathering *g, const cc_json *document)
{
    const char   *id = cc_json_text_at(document, "id"), *content;
    const int64_t version = (int64_t)cc_json_number_at(document, "version");
    bool          found;
    cc_err        err = cc_document_content(g->app, g->arena, g->project_id, id, version, &content, &found);

    if (err != CC_OK)
        return err;
    if (!found)
        return leave_out(g, id, cc_json_text_at(document, "name"), "it was deleted after the run was asked for");
    return is_text(id) ? text_take(g, document, content) : file_take(g, document, content);
}

static bool
has_id(const cc_json *list, const char *id)
{
    const cc_json *j = cc_json_first(list);

    while (j && strcmp(cc_json_text(j), id) != 0)
        j = cc_json_next(j);
    return j != NULL;
}

/* Is the step to be given this one, as far as its persona has a say? */
static bool
is_chosen(const cc_assignee *t, const char *id)
{
    const cc_json *only = is_of(id, CC_SKILL_PREFIX)     ? t->skills
                          : is_of(id, CC_COMMAND_PREFIX) ? t->commands
                          : is_of(id, CC_SCRIPT_PREFIX)  ? t->scripts
                                                         : NULL;

    if (is_of(id, CC_CONTEXT_PREFIX))
        return !t->context_id || strcmp(id, t->context_id) == 0;
    return !only || has_id(only, id);
}

static bool
is_noted(const cc_json *documents, const char *id)
{
    const cc_json *j = documents ? cc_json_first(documents) : NULL;

    while (j && strcmp(cc_json_text_at(j, "id"), id) != 0)
        j = cc_json_next(j);
    return j != NULL;
}

/* Of what its persona binds, what the run has not taken note of. */
static cc_err
say_missing(gathering *g, const cc_json *documents, const cc_json *ids)
{
    cc_err err = CC_OK;

    for (const cc_json *j = ids ? cc_json_first(ids) : NULL; j && err == CC_OK; j = cc_json_next(j)) {
        const char *id = cc_json_text(j);
        if (!is_noted(documents, id))
            err = leave_out(g, id, id, "the persona is bound to it, but it was not active when the run was asked for");
    }
    return err;
}

static cc_err
say_all_missing(gathering *g, const cc_json *documents, const cc_assignee *t)
{
    cc_err err = CC_OK;

    if (t->context_id && !is_noted(documents, t->context_id))
        err = say(g, t->context_id,
                  "The persona's context is none of the run's, which were active when it was asked for: the step "
                  "goes without one.");
    if (err == CC_OK && (err = say_missing(g, documents, t->skills)) == CC_OK &&
        (err = say_missing(g, documents, t->commands)) == CC_OK)
        err = say_missing(g, documents, t->scripts);
    return err;
}

/* Whichever of them this step is given, the one before may have been given others. */
static cc_err
clear(gathering *g, const cc_json *documents)
{
    cc_err err = CC_OK;

    for (const cc_json *j = documents ? cc_json_first(documents) : NULL; j && err == CC_OK; j = cc_json_next(j)) {
        const char *folder = folder_of(g, cc_json_text_at(j, "id"));
        if (folder)
            err = file_add(g, place_of(g, folder, j), NULL, false);
    }
    return err;
}

cc_err
cc_handout_load(cc_app *app, cc_arena *a, const char *project_id, const cc_json *documents, const cc_assignee *t,
                const cc_json *environment, cc_handout *out)
{
    gathering g = {.app = app, .arena = a, .project_id = project_id, .agent = t->agent, .out = out};
    cc_err    err = CC_OK;

    *out = (cc_handout){0};
    g.last = &out->files;
    g.by_file = t->agent && cc_handout_by_file(app, t->agent, environment);
    cc_buf_init(&g.text, a);
    cc_buf_init(&g.contexts, a);
    cc_buf_init(&g.learnings, a);
    cc_buf_init(&g.assets, a);
    err = clear(&g, documents);
    for (const cc_json *j = documents ? cc_json_first(documents) : NULL; j && err == CC_OK; j = cc_json_next(j))
        if (is_chosen(t, cc_json_text_at(j, "id")))
            err = take(&g, j);
    if (err == CC_OK)
        err = say_all_missing(&g, documents, t);
    out->contexts = cc_buf_text(&g.text);
    out->contexts_listed = cc_buf_text(&g.contexts);
    out->learnings_listed = cc_buf_text(&g.learnings);
    out->assets_listed = cc_buf_text(&g.assets);
    const bool whole = out->contexts && out->contexts_listed && out->learnings_listed && out->assets_listed;
    return err == CC_OK && !whole ? CC_E_UNAVAILABLE : err;
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
file_give(cc_slot *s, const cc_handout_file *file)
{
    const char  *home = cc_printf(s->step, "%s/home", s->root);
    const uid_t  uid = s->w->sandbox ? cc_sandbox_uid(s->lease.project_id) : geteuid();
    const mode_t mode = file->is_program ? 0755 : 0600;

    if (home && !file->text)
        cc_directory_drop(home, file->path);
    return home && (!file->text || cc_directory_put(home, file->path, file->text, strlen(file->text), mode, uid));
}

static bool
contexts_give(cc_slot *s, const char *path, const char *text)
{
    return file_give(s, &(cc_handout_file){.path = path, .text = *text ? text : NULL});
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
        !contexts_give(s, t->agent->instructions, handout.contexts))
        *for_prompt = handout.contexts;
    for (const cc_handout_file *file = handout.files; file; file = file->next)
        if (!file_give(s, file))
            cc_slot_say(
                s, cc_printf(s->step, "The agent's home has no room for %s: what is there is in its way.", file->path));
    return CC_OK;
}
