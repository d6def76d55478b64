"""``python -m dockersim``."""

from dockersim.app import main

if __name__ == "__main__":
    raise SystemExit(main())
