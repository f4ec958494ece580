"""How charts are laid out: for a page, a phone and paper, with room for words in any font."""
