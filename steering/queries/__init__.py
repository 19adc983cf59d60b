"""Questions of steering: what a plan needs to know, and the context of each page.
Nothing here writes; each question takes a fixed number of statements."""
