/*
 * The Model Context Protocol: what its parts need of each other.
 */
#ifndef CC_MCP_H
#define CC_MCP_H

#include "gate/request.h"

/* A message that was understood so far.  Answers echo `id` as it came. */
typedef struct cc_rpc {
    const cc_json *id; /* NULL: a notification */
    const char    *method;
    const cc_json *params; /* an object, or NULL */
    bool           modern; /* of a revision whose requests say by themselves who asks (2026-07-28) */
} cc_rpc;

/* mcp_message.c */

/* JSON-RPC's and MCP's numbers.  What the API refuses outside of a tool's result has its HTTP status for a number. */
enum {
    CC_RPC_PARSE = -32700,
    CC_RPC_INVALID = -32600,
    CC_RPC_NO_METHOD = -32601,
    CC_RPC_PARAMS = -32602,
    CC_RPC_NO_RESOURCE = -32002, /* until 2025-11-25; since then CC_RPC_PARAMS */
    CC_RPC_HEADERS = -32020,
    CC_RPC_VERSION = -32022,
};

/* Answer a fault, with a status of HTTP.  CC_OK: it is the answer. */
cc_err cc_rpc_fault(cc_req *r, const cc_rpc *m, int status, int code, const char *format, ...) CC_PRINTF(5, 6);

/* Begin a result; members follow, each behind a comma.  End it. */
void cc_rpc_begin(cc_req *r, const cc_rpc *m);
void cc_rpc_end(cc_req *r);
void cc_rpc_kept(cc_req *r, const cc_rpc *m, int seconds); /* how long a client may go on with it */

/* The text of a member of its params; NULL: there is none. */
const char *cc_rpc_text(const cc_rpc *m, const char *name);

/*
 * A request for a row, made in the course of `r` by the same caller; NULL: out of memory.  Its id, part, query and body
 * are still to come, and then cc_gate_row.  retry_key: its Idempotency-Key; NULL: the one of `r`, if any.
 */
cc_req *cc_inner_request(cc_req *r, const cc_route *row, const char *retry_key);

/* mcp_tools.c */
cc_err cc_mcp_tools_list(cc_req *r, const cc_rpc *m);
cc_err cc_mcp_tools_call(cc_req *r, const cc_rpc *m);

/* All tools of somebody who may do all of `may`, as a JSON array.  `groups`: of these alone, commas between; NULL: all.
 */
void cc_tools_write(cc_buf *b, const cc_table *table, uint64_t may, const char *groups);

/* mcp_logs.c */
cc_err cc_mcp_logs_list(cc_req *r, const cc_rpc *m);
cc_err cc_mcp_logs_templates(cc_req *r, const cc_rpc *m);
cc_err cc_mcp_logs_read(cc_req *r, const cc_rpc *m);

#endif
