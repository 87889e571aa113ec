"""No server: an instance in this process, with the same interface."""

import sys

import codecourier

with codecourier.open(sys.argv[1] if len(sys.argv) > 1 else "my.db", project="quickstart") as cc:
    flow = cc.workflows.list()[0]
    run = cc.runs.start(workflow_id=flow.id, prompt="Review the sign-in code.")
    print(run.run_number, run.status, run.created_at.isoformat(), run.workflow.name)
    for step in cc.runs.steps(run.id):
        print(step.position, step.role, step.status)
    done = cc.runs.cancel(run.id).watch(timeout=10)
    print(done.status, done.to_dict()["finishedAt"])
