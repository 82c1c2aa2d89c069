"""Privacy Desk: a privacy desk that lives in a company's inbox and in Slack."""
