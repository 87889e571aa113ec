/*
 * The tables of state.h as data.
 */
#include "context/state.h"

#include <string.h>

#include "base/base.h"

#define WORDS_PICK(a, b, c, d, picked, ...) picked
#define WORDS(...) WORDS_PICK(__VA_ARGS__, WORDS_4, WORDS_3, WORDS_2, WORDS_1, 0)(__VA_ARGS__)
#define WORDS_1(a) a
#define WORDS_2(a, b) a " " b
#define WORDS_3(a, b, c) a " " WORDS_2(b, c)
#define WORDS_4(a, b, c, d) a " " WORDS_3(b, c, d)

#define NAME(state, tone, over) state,
#define STATE(state, tone, over) {state, tone, over},
#define WAY(action, from, to, by) {action, WORDS from, to, by},
#define ASKED(action, done, participle) {action, WORDS done, participle},

#define TABLES(kind, KIND)                                                                                             \
    const char *const     cc_##kind##_statuses[] = {CC_##KIND##_STATES(NAME) NULL};                                    \
    static const cc_state kind##_states[] = {CC_##KIND##_STATES(STATE)};                                               \
    static const cc_way   kind##_ways[] = {CC_##KIND##_WAYS(WAY)};                                                     \
    static const cc_asked kind##_asked[] = {CC_##KIND##_ASKED(ASKED)};                                                 \
    const cc_states       cc_##kind##_states = {                                                                       \
              .singular = #kind,                                                                                       \
              .names = cc_##kind##_statuses,                                                                           \
              .states = kind##_states,                                                                                 \
              .ways = kind##_ways,                                                                                     \
              .asked = kind##_asked,                                                                                   \
              .state_count = CC_COUNT(kind##_states),                                                                  \
              .way_count = CC_COUNT(kind##_ways),                                                                      \
              .asked_count = CC_COUNT(kind##_asked),                                                                   \
    }

TABLES(run, RUN);
TABLES(step, STEP);
TABLES(chain, CHAIN);
TABLES(issue, ISSUE);
TABLES(pull, PULL);
TABLES(learning, LEARNING);
TABLES(question, QUESTION);
TABLES(sandbox, SANDBOX);
TABLES(candidates, CANDIDATES);

bool
cc_state_in(const char *words, const char *state)
{
    const size_t size = strlen(state);

    for (const char *word = words; size && *word; word += strcspn(word, " "), word += *word == ' ')
        if (strcspn(word, " ") == size && strncmp(word, state, size) == 0)
            return true;
    return false;
}

bool
cc_state_over(const cc_states *states, const char *state)
{
    for (size_t i = 0; i < states->state_count; i++)
        if (strcmp(states->states[i].name, state) == 0)
            return states->states[i].over;
    return false;
}

bool
cc_run_is_over(const char *status)
{
    return cc_state_over(&cc_run_states, status);
}

bool
cc_run_went_well(const char *status)
{
    for (const cc_state *s = run_states; s < run_states + CC_COUNT(run_states); s++)
        if (strcmp(s->name, status) == 0)
            return s->over && strcmp(s->tone, "good") == 0;
    return false;
}

static const cc_asked *
asked_of(const cc_states *states, const char *action)
{
    for (size_t i = 0; i < states->asked_count; i++)
        if (strcmp(states->asked[i].action, action) == 0)
            return &states->asked[i];
    return NULL;
}

bool
cc_state_done(const cc_states *states, const char *action, const char *state)
{
    const cc_asked *asked = asked_of(states, action);

    return asked && cc_state_in(asked->done, state);
}

const char *
cc_state_after(const cc_states *states, const char *action, const char *state)
{
    for (size_t i = 0; i < states->way_count; i++)
        if (strcmp(states->ways[i].action, action) == 0 && cc_state_in(states->ways[i].from, state))
            return states->ways[i].to;
    return NULL;
}

const char *
cc_state_refusal(const cc_states *states, const char *action)
{
    const cc_asked *asked = asked_of(states, action);

    return asked ? asked->participle : "changed.";
}
