"""The neighbours over HTTP, the sealed cookie, the word files, the live hints."""
