"""What apache-wsgi.conf runs.  mod_wsgi passes no environment on, so the data directory stands here.

    @DATA@   the data directory, e.g. /var/lib/codecourier; Apache's account must own it
"""

import os

os.environ["CODECOURIER_DATA"] = "@DATA@"

from codecourier.wsgi import application as application  # noqa: E402 - it reads the line above
