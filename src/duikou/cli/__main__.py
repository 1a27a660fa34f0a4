"""`python -m duikou.cli`: the same as the `duikou` command."""

import sys

from duikou.cli.main import main

sys.exit(main())
