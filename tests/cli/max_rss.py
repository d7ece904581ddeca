# SPDX-License-Identifier: MIT
"""usage: max_rss.py COMMAND...   runs it and prints the most memory that it had, in KiB"""

import resource
import subprocess
import sys

status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)
