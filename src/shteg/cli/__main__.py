"""`python -m shteg.cli`: the command line where no folder of scripts is on the path."""

from shteg.cli.app import main

if __name__ == "__main__":
    main()
