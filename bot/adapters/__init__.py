"""The world outside: mailbox, post, Slack, rendering and the web side."""
