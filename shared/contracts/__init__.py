"""Wire types and codes that cross a service boundary. No I/O, no rules, no defaults that decide anything."""
