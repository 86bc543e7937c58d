"""`python -m lanterne`: the same as the command `lanterne`."""

import sys

from lanterne.cli.main import main

sys.exit(main())
