"""What was learned from examples: the chance of each request type in a sentence, beside what the rules see."""
