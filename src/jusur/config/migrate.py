"""Brings a node's database to this version: run by ``jusur init`` and before every start."""

from jusur.config.bootstrap import migrate, setup

if __name__ == "__main__":
    migrate(setup(pages=True).home)
