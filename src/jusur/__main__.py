"""``python -m jusur`` is the ``jusur`` command."""

from jusur.cli.main import main

if __name__ == "__main__":
    main()
