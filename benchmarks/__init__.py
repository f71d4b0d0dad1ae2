"""Speed and memory, as ratios against a peer in the same run: `make bench`.

Matrix products run on one thread, ours and the peers' alike, unless the environment says otherwise: R as Debian ships
it has one, and threads that wait for each other on a busy machine measure that machine.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
