"""Looking things up: stems of words, terms of the glossary in a page, the index of the search."""
