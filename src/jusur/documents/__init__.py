"""Documents for people: PDF by Typst, in four languages and both directions. Pure: records in, bytes out."""
