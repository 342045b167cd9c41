"""What a run tells while it goes: one JSON object a line on standard output, each with its "event".

phase   name, and what it works on      batch   epoch, epochs, done, total (several a second at most)
epoch   epoch, epochs, loss, seconds, and dev {precision, recall, f1} where it was scored
check   report (see check.py)           resume  epoch, batch: an earlier run goes on from there
done    what the bundle's card says     error   kind ("config" or "data"), message
stopped resumes: whether the same command goes on from there"""

import json
import signal
import sys
import time
from contextlib import contextmanager

from .documents import DataError
from .settings import ConfigError


def tell(event, **fields):
    print(json.dumps({"event": event, **fields}, ensure_ascii=False), flush=True)


class Ticker:
    """Batches as events, at most five a second."""

    def __init__(self):
        self.last = 0.0

    def batch(self, **fields):
        if time.monotonic() - self.last >= 0.2:
            self.last = time.monotonic()
            tell("batch", **fields)


class Stopped(Exception):
    """The run was asked to end. resumes: it left a checkpoint."""

    def __init__(self, resumes=False):
        super().__init__("stopped")
        self.resumes = resumes


class Stop:
    """Set by SIGINT and SIGTERM; a run looks at it between batches."""

    def __init__(self):
        self.asked = False

    def listen(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        return self

    def _ask(self, *_):
        if self.asked:  # the second time: at once
            sys.exit(130)
        self.asked = True

    def check(self):
        if self.asked:
            raise Stopped


@contextmanager
def reported():
    """Ends the program where what is inside fails in a way that a person can mend, and says how."""
    try:
        yield
    except ConfigError as e:
        tell("error", kind="config", message=str(e))
        sys.exit(2)
    except DataError as e:
        tell("error", kind="data", message=str(e))
        sys.exit(3)
    except (Stopped, KeyboardInterrupt) as e:
        tell("stopped", resumes=getattr(e, "resumes", False))
        sys.exit(130)
