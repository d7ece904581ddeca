# SPDX-License-Identifier: MIT
"""usage: expect_json.py FILE EXPRESSION VALUE [EXPRESSION VALUE]...

Each Python expression of d, the object in FILE, must print as VALUE.
"""

import json
import sys

with open(sys.argv[1]) as file:
    d = json.load(file)
status = 0
for expression, expected in zip(sys.argv[2::2], sys.argv[3::2]):
    value = str(eval(expression))
    if value != expected:
        print(f"{expression} is {value}, not {expected}", file=sys.stderr)
        status = 1
sys.exit(status)
