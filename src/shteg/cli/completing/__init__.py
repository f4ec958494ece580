"""What a shell may complete, without loading a command: its options are kept, cases and scenarios read from folders."""

from shteg.cli.completing.table import light_group

__all__ = ["light_group"]
