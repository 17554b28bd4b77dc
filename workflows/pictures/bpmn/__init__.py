"""A workflow as BPMN 2.0: what BPMN can say runs in any engine, the rest stands beside it in extension elements."""
