"""Who somebody is: keys, sessions and one-time links. What they may see and do is said by workflows.policy."""
