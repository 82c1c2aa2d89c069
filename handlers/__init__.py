"""One file for each thing that can happen to the desk: decode, load, ask the domain, save."""
