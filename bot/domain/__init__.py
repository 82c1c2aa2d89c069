"""What the desk knows and decides: pure, without a clock, a network, an environment or a database."""
