"""The rules that understand letters: words (`words/`) to concepts, concepts to findings (`rules.toml`)."""
