"""Kafka's users and what they may, for the commands alone: `kafka-python` is loaded by nothing that serves.

It knows users, access lists and quotas; aiokafka's administration knows none of these.
"""

import logging

for name in ("aiokafka.conn", "kafka.net.sasl.plain", "kafka.net.sasl.scram"):
    # the administrator's listener is inside the deployment, and without TLS by its settings
    logging.getLogger(name).addFilter(lambda record: "in the clear" not in record.getMessage())
