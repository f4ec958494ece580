"""The smallest changes to the files of a case: bytes that a change does not mean stay as they are."""
