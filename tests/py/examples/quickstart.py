"""The tutorial's first request, with the client: whoami, a page, all pages."""

import codecourier

cc = codecourier.Client()  # CC_BASE and CC_KEY, as in the tutorial
print(cc.whoami().scopes)

page = cc.workflows.list(limit=5)  # one page
print(f"{len(page)} workflows, more={page.has_more}")
for workflow in cc.workflows.list():  # every page, fetched as needed
    print(workflow.id, workflow.name)
