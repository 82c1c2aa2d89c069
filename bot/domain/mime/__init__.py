"""Reading the wire format of a mail (RFC 5322, 2045-2047, 2231): bounded in time and memory, whatever comes."""
