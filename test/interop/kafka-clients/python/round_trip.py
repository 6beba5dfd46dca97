"""Produces, consumes in a group, copies exactly once: confluent-kafka against a broker."""
import sys
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

bootstrap, count = sys.argv[1], int(sys.argv[2])
admin = AdminClient({"bootstrap.servers": bootstrap})
for future in admin.create_topics([NewTopic("in", 3, 1), NewTopic("out", 1, 1)]).values():
    future.result(30)
configs = admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, "in")])
assert list(configs.values())[0].result(30)["cleanup.policy"].value == "delete"

producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "compression.type": "zstd"})
for n in range(count):
    producer.produce("in", key=str(n), value=f"value {n}")
assert producer.flush(60) == 0

settings = {"bootstrap.servers": bootstrap, "group.id": "copier", "auto.offset.reset": "earliest", "enable.auto.commit": False}
consumer = Consumer(settings)
consumer.subscribe(["in"])
copier = Producer({"bootstrap.servers": bootstrap, "transactional.id": "copy-1"})
copier.init_transactions(30)
copied = 0
round_number = 0
while copied < count:
    messages = [m for m in consumer.consume(500, 5) if m.error() is None]
    if not messages:
        continue
    copier.begin_transaction()
    for m in messages:
        copier.produce("out", key=m.key(), value=m.value())
    round_number += 1
    if round_number == 2:
        copier.abort_transaction(30)
        for p in consumer.assignment():
            first = min((m.offset() for m in messages if m.partition() == p.partition), default=None)
            if first is not None:
                consumer.seek(TopicPartition(p.topic, p.partition, first))
        continue
    positions = consumer.position(consumer.assignment())
    copier.send_offsets_to_transaction(positions, consumer.consumer_group_metadata(), 30)
    copier.commit_transaction(30)
    copied += len(messages)
committed = sum(max(0, p.offset) for p in consumer.committed(consumer.assignment(), 30))
consumer.close()

reader = Consumer({**settings, "group.id": "reader", "isolation.level": "read_committed"})
reader.subscribe(["out"])
seen = []
while len(seen) < count:
    seen += [int(m.key()) for m in reader.consume(500, 10) if m.error() is None]
extra = reader.consume(10, 1)
groups = admin.list_consumer_groups().result(30)
reader.close()
print(f"copied {copied} committed {committed} seen {len(seen)} distinct {len(set(seen))} extra {len(extra)} groups {len(groups.valid)}")
