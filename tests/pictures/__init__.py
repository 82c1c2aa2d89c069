"""Pictures of what people see in Slack: `python -m tests.pictures` draws them into docs/pictures."""
