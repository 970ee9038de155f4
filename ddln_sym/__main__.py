"""``python -m ddln_sym``."""

from ddln_sym.cli import main

if __name__ == "__main__":
    main()
