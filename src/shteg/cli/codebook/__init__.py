"""`shteg codebook`: what a wave holds, and a questionnaire in the languages of its form."""
