/*
 * E-mails, sent as the operator's settings say.
 */
#ifndef CODECOURIER_MAIL_H
#define CODECOURIER_MAIL_H

#include "codecourier.h"
#include "outside.h"

/* The call CC_FORGE_MAIL of cc_work_options.forge: prints {} when it was taken, else {"error": why}. */
int mail_run(const cc_forge_call *call, int out);

/* Can any be sent, as far as that can be seen without sending one?  Says nothing where none are to be. */
void mail_check(cc_app *app, outside_each *each, void *ctx);

#endif
