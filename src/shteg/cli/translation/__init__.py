"""What is not yet said in a language, and files to say it in."""
