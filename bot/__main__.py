"""`python -m bot COMMAND`, the same as `privacy-desk COMMAND`."""

import sys

from bot.cli import main

if __name__ == "__main__":
    sys.exit(main())
