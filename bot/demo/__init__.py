"""The whole desk on one machine: an embedded mail server and a Slack stand-in."""
