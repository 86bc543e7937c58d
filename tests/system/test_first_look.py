"""The first pages of a worker, asked for by several tabs at the same moment.

Found by the kills: one worker in some 600 ended on a segmentation fault at its first pages. msgspec builds what it
knows of a type at its first use, and another thread may meet it half built. Here the same meeting is arranged: a fresh
process, eight threads, every kind of body decoded for the first time, the interpreter switching threads as often as it
can. Without `Kind.__post_init__` one process in three to ten falls, so that a dozen may still miss it one time in four.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

PLAY = """
import sys, threading
sys.setswitchinterval(1e-6)
import msgspec
from lanterne.practice.catalogue import KINDS

together = threading.Barrier(8)

def look():
    together.wait()
    for kind in KINDS.values():
        try:
            msgspec.convert({name: "x" for name in reversed(kind.body.__struct_fields__)}, kind.body)
        except msgspec.ValidationError:
            pass

threads = [threading.Thread(target=look) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(KINDS))
"""


@pytest.mark.parametrize("time", range(12))
def test_every_kind_of_body_met_by_eight_threads_at_once(time: int) -> None:
    done = subprocess.run([sys.executable, "-c", PLAY], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.returncode} {done.stderr}"
    assert int(done.stdout) > 20
