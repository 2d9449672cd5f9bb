"""`python -m swarmstore` is the command `swarmstore`."""

from swarmstore.cli import main

if __name__ == "__main__":
    main()
