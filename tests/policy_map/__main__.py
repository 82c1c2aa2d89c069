"""`python -m tests.policy_map > docs/policy-map.md`."""

from tests.policy_map import page

print(page(), end="")
