"""What a type checker must find: every line here is a mistake."""

import codecourier

cc = codecourier.Client()
cc.whoami().nmae
cc.runs.start(workflow="wfl_1")
cc.issues.create(title="x", priority="urgent")
cc.workflows.list(limit="5")
cc.whoami().name = "x"
number: int = cc.whoami().name
