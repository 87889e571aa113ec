/*
 * Checkpoints: what a run's agents have made of its repository, kept after each step.
 *
 * A checkpoint is a commit of the tree on a ref of our own, refs/checkpoint, upon the checkpoint before or upon what
 * the run began with; a bundle of it and the patch since then are kept in the database (resources/checkpoints.h).  From
 * it the tree is put back where it is not there any more or not as it was, and the run's own commit is made of the last
 * one.
 */
#ifndef CC_CHECKPOINT_H
#define CC_CHECKPOINT_H

#include "engine/worker.h"

enum {
    CC_CHECKPOINT_PATCH_MAX = 16 * 1024 * 1024,  /* of a patch, before it is compressed; cut there */
    CC_CHECKPOINT_NUMBERS_MAX = 4 * 1024 * 1024, /* of its figures */
};

/* One in the making. */
typedef struct cc_checkpoint {
    int         stage, kind, fd;
    int64_t     part; /* the next one to be written */
    char        id[CC_ID_SIZE];
    const char *base, *head; /* head NULL: nothing has changed since the one before */
    bool        kept;        /* under that id */
} cc_checkpoint;

/* The step's agent has ended: begin.  Then as cc_workspace_open, but that no trouble is more than s->failure. */
void   cc_checkpoint_begin(cc_slot *s);
cc_err cc_checkpoint_go(cc_slot *s, bool *started);
bool   cc_checkpoint_done(const cc_slot *s); /* false: go on, nothing need be waited for */
void   cc_checkpoint_ended(cc_slot *s, int code);
void   cc_checkpoint_forget(cc_slot *s); /* whatever it has come to */

/* Inside the transaction that ends the step: write down what its changes are kept as. */
cc_err cc_checkpoint_note(cc_slot *s);

/* Put the tree back as the last checkpoint has it, in the run's directory as it is. */
cc_err cc_checkpoint_reset(cc_slot *s);

/*
 * The last checkpoint as a file to read from, behind its bundle's header, for a tree that is made anew; *fd -1: there
 * is none.  CC_E_INTERNAL: s->failure says why it cannot be had.
 */
cc_err cc_checkpoint_fetch(cc_slot *s, int *fd, const char **tip, const char **base);

#endif
