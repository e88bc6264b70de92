"""`python -m allmanning.node` is the command line."""

from allmanning.node.cli import main

if __name__ == "__main__":
    main()
