"""The pure room of steering: what to speak of, in which order, in how many minutes.
No database, no clock, no language: values in, values out."""
