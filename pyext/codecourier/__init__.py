"""CodeCourier for scripts and notebooks.

    import codecourier
    cc = codecourier.Client()                                    # CC_BASE and CC_KEY
    local = codecourier.open("my.db", project="quickstart")      # the same, in this process, without a server

    for workflow in cc.workflows.list():
        print(workflow.id, workflow.name)

A refusal of the service is an exception of its own (codecourier.ScopeDenied …) with .code, .message, .status, .request_id,
.field and .retryable.
"""

from typing import TYPE_CHECKING

from . import _generated
from ._call import UNSET as UNSET
from ._client import Client as Client
from ._client import open as open
from ._core import VERSION as __version__
from ._errors import ApiError as ApiError
from ._errors import BadAnswer as BadAnswer
from ._errors import ConfigurationError as ConfigurationError
from ._errors import ConnectionFailed as ConnectionFailed
from ._errors import Error as Error
from ._errors import ForkError as ForkError
from ._errors import OpenError as OpenError
from ._errors import SqliteConflict as SqliteConflict
from ._errors import TimedOut as TimedOut
from ._generated import *  # noqa: F403 - what its __all__ names: errors and models
from ._model import Model as Model
from ._page import AsyncPage as AsyncPage
from ._page import AsyncPages as AsyncPages
from ._page import Page as Page

if TYPE_CHECKING:
    from ._async_client import AsyncClient as AsyncClient
    from ._async_client import open_async as open_async
    from ._generated_async import AsyncRun as AsyncRun

__all__ = [  # pyright: ignore[reportUnsupportedDunderAll]
    "UNSET",
    "ApiError",
    "AsyncClient",
    "AsyncPage",
    "AsyncPages",
    "AsyncRun",
    "BadAnswer",
    "Client",
    "ConfigurationError",
    "ConnectionFailed",
    "Error",
    "ForkError",
    "Model",
    "OpenError",
    "Page",
    "SqliteConflict",
    "TimedOut",
    "__version__",
    "open",
    "open_async",
]
__all__ += _generated.__all__


def __getattr__(name: str) -> object:
    """What is asynchronous, when it is first asked for: what it needs is slow to import."""
    if name in ("AsyncClient", "AsyncRun", "open_async"):
        from . import _async_client

        return getattr(_async_client, name)
    raise AttributeError(f"module 'codecourier' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
