"""Is a worker on a processor for which there is no filter of system calls, as the kernel tells it."""

import ctypes

from services.reports.shell.evidence.worker_main import run

if __name__ == "__main__":
    ctypes.CDLL(None).personality(8)  # PER_LINUX32: from now on uname(2) names a processor of 32 bits
    run(bytes.upper, 512 * 2**20, 4)
