"""The tutorial's refusal: an exception of its own."""

import codecourier

cc = codecourier.Client()
try:
    cc.runs.cancel("run_abc")
except codecourier.ScopeDenied as error:
    print(error.code, error.status, error.message)
    assert error.request_id is not None and error.field is None and not error.retryable
