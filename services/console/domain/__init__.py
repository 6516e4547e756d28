"""What the pages speak of: who is signed in, words in two languages, times in words, and what neighbours tell."""
