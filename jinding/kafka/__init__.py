"""Kafka's users and what they may, for the commands alone: `kafka-python` is loaded by nothing that serves.

It knows users, access lists and quotas; aiokafka's administration knows none of these.
"""
