package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Apache's clients against a running broker: what a user of the broker would see. */
final class Probe {
    private Probe() {}

    static JsonNode run(String command, JsonNode args) throws Exception {
        switch (command) {
            case "probe.ready":
                try (Admin admin = Admin.create(properties(args))) {
                    return Server.JSON.createObjectNode().put("clusterId", admin.describeCluster().clusterId().get());
                }
            case "probe.createTopics":
                return createTopics(args);
            case "probe.alterTopic":
                return alterTopic(args);
            case "probe.produce":
                return produce(args);
            case "probe.consume":
                return consume(args);
            case "probe.offsets":
                return offsets(args);
            case "probe.deleteRecords":
                try (Admin admin = Admin.create(properties(args))) {
                    long low = admin.deleteRecords(Map.of(partition(args),
                        RecordsToDelete.beforeOffset(args.get("offset").asLong()))).lowWatermarks()
                        .get(partition(args)).get().lowWatermark();
                    return Server.JSON.createObjectNode().put("lowWatermark", low);
                }
            default:
                throw new IllegalArgumentException("unknown command " + command);
        }
    }

    private static Properties properties(JsonNode args) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", args.get("bootstrap").asText());
        if (args.hasNonNull("client"))
            args.get("client").properties().forEach(entry -> properties.put(entry.getKey(), entry.getValue().asText()));
        return properties;
    }

    private static TopicPartition partition(JsonNode args) {
        return new TopicPartition(args.get("topic").asText(), args.path("partition").asInt(0));
    }

    private static JsonNode createTopics(JsonNode args) throws Exception {
        try (Admin admin = Admin.create(properties(args))) {
            List<NewTopic> topics = new ArrayList<>();
            for (JsonNode topic : args.get("topics")) {
                Map<String, String> configs = new HashMap<>();
                if (topic.hasNonNull("config"))
                    topic.get("config").properties().forEach(entry -> configs.put(entry.getKey(), entry.getValue().asText()));
                topics.add(new NewTopic(topic.get("name").asText(), topic.path("partitions").asInt(1), (short) 1).configs(configs));
            }
            var created = admin.createTopics(topics);
            created.all().get();
            ObjectNode ids = Server.JSON.createObjectNode();
            for (NewTopic topic : topics) ids.put(topic.name(), created.topicId(topic.name()).get().toString());
            return ids;
        }
    }

    private static JsonNode alterTopic(JsonNode args) throws Exception {
        try (Admin admin = Admin.create(properties(args))) {
            List<AlterConfigOp> ops = new ArrayList<>();
            args.get("config").properties().forEach(entry -> ops.add(new AlterConfigOp(
                new ConfigEntry(entry.getKey(), entry.getValue().asText()), AlterConfigOp.OpType.SET)));
            admin.incrementalAlterConfigs(Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, args.get("topic").asText()), ops)).all().get();
            return Server.JSON.createObjectNode();
        }
    }

    /**
     * Runs a script. Steps: {send: record}, {flush: true} (ends the batch), {begin: true},
     * {commit: true}, {abort: true}, {waitMs: n}; "as" names the producer of a step, each with its
     * own settings, so that transactions can overlap. A transaction that the script leaves open stays
     * open. Answers the offset of each send.
     */
    private static JsonNode produce(JsonNode args) throws Exception {
        Map<String, KafkaProducer<byte[], byte[]>> producers = new HashMap<>();
        Set<String> inTransaction = new HashSet<>();
        ArrayNode offsets = Server.JSON.createArrayNode();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try {
            for (JsonNode step : args.get("steps")) {
                if (step.has("waitMs")) {
                    Thread.sleep(step.get("waitMs").asLong());
                    continue;
                }
                String name = step.path("as").asText("");
                KafkaProducer<byte[], byte[]> producer = producers.get(name);
                if (producer == null) {
                    producer = producer(args, name);
                    producers.put(name, producer);
                }
                if (step.has("send")) {
                    JsonNode record = step.get("send");
                    ProducerRecord<byte[], byte[]> out = new ProducerRecord<>(args.get("topic").asText(),
                        args.path("partition").asInt(0),
                        record.hasNonNull("timestamp") ? record.get("timestamp").asLong() : null,
                        RecordsTool.bytes(record.get("key")), RecordsTool.bytes(record.get("value")));
                    for (Header header : RecordsTool.headers(record.get("headers"))) out.headers().add(header);
                    sent.add(producer.send(out));
                } else if (step.has("flush")) {
                    producer.flush();
                } else if (step.has("begin")) {
                    producer.beginTransaction();
                    inTransaction.add(name);
                } else if (step.has("commit")) {
                    producer.commitTransaction();
                    inTransaction.remove(name);
                } else if (step.has("abort")) {
                    // An abort would drop what is still queued here; the log shall see it.
                    producer.flush();
                    producer.abortTransaction();
                    inTransaction.remove(name);
                } else {
                    throw new IllegalArgumentException("unknown step " + step);
                }
            }
            for (KafkaProducer<byte[], byte[]> producer : producers.values()) producer.flush();
        } finally {
            // A patient close would abort an open transaction.
            producers.forEach((name, producer) ->
                producer.close(inTransaction.contains(name) ? Duration.ZERO : Duration.ofSeconds(30)));
        }
        for (Future<RecordMetadata> one : sent) offsets.add(one.get().offset());
        return offsets;
    }

    private static KafkaProducer<byte[], byte[]> producer(JsonNode args, String name) {
        Properties properties = properties(args);
        if (args.path("producers").hasNonNull(name))
            args.get("producers").get(name).properties()
                .forEach(entry -> properties.put(entry.getKey(), entry.getValue().asText()));
        properties.put("key.serializer", ByteArraySerializer.class.getName());
        properties.put("value.serializer", ByteArraySerializer.class.getName());
        // Batches end where the script says flush, nowhere else.
        properties.putIfAbsent("linger.ms", "60000");
        properties.putIfAbsent("batch.size", "1000000");
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties);
        if (properties.containsKey("transactional.id")) producer.initTransactions();
        return producer;
    }

    private static JsonNode consume(JsonNode args) throws Exception {
        Properties properties = properties(args);
        properties.put("key.deserializer", ByteArrayDeserializer.class.getName());
        properties.put("value.deserializer", ByteArrayDeserializer.class.getName());
        properties.put("isolation.level", args.path("isolation").asText("read_uncommitted"));
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "none");
        TopicPartition partition = partition(args);
        ObjectNode result = Server.JSON.createObjectNode();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties)) {
            consumer.assign(List.of(partition));
            long begin = consumer.beginningOffsets(List.of(partition)).get(partition);
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            result.put("beginningOffset", begin);
            result.put("endOffset", end);
            consumer.seek(partition, args.path("from").asLong(begin));
            ArrayNode records = result.putArray("records");
            long deadline = System.currentTimeMillis() + args.path("timeoutMs").asLong(60_000);
            while (consumer.position(partition) < end) {
                if (System.currentTimeMillis() > deadline)
                    throw new IllegalStateException("consumer stands at " + consumer.position(partition) + " of " + end);
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    ObjectNode one = records.addObject();
                    one.put("offset", record.offset());
                    one.put("timestamp", record.timestamp());
                    one.put("timestampType", record.timestampType().name);
                    one.put("key", record.key() == null ? null : Base64.getEncoder().encodeToString(record.key()));
                    one.put("value", record.value() == null ? null : Base64.getEncoder().encodeToString(record.value()));
                    RecordsTool.putHeaders(one, record.headers().toArray());
                    Optional<Integer> epoch = record.leaderEpoch();
                    one.put("leaderEpoch", epoch.orElse(-1));
                }
            }
            if (args.hasNonNull("timestamps")) {
                ArrayNode found = result.putArray("offsetsForTimes");
                for (JsonNode timestamp : args.get("timestamps")) {
                    OffsetAndTimestamp at = consumer.offsetsForTimes(Map.of(partition, timestamp.asLong())).get(partition);
                    if (at == null) found.addNull();
                    else found.addObject().put("timestamp", at.timestamp()).put("offset", at.offset());
                }
            }
        }
        return result;
    }

    /** Earliest, latest (both isolation levels) and the offset of the maximum timestamp. */
    private static JsonNode offsets(JsonNode args) throws Exception {
        TopicPartition partition = partition(args);
        try (Admin admin = Admin.create(properties(args))) {
            ObjectNode node = Server.JSON.createObjectNode();
            node.put("earliest", list(admin, partition, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED).offset());
            node.put("latest", list(admin, partition, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED).offset());
            node.put("latestStable", list(admin, partition, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED).offset());
            ListOffsetsResult.ListOffsetsResultInfo max =
                list(admin, partition, OffsetSpec.maxTimestamp(), IsolationLevel.READ_UNCOMMITTED);
            node.putObject("maxTimestamp").put("offset", max.offset()).put("timestamp", max.timestamp());
            return node;
        }
    }

    private static ListOffsetsResult.ListOffsetsResultInfo list(Admin admin, TopicPartition partition, OffsetSpec spec,
                                                                IsolationLevel isolation) throws Exception {
        return admin.listOffsets(Map.of(partition, spec), new ListOffsetsOptions(isolation)).partitionResult(partition).get();
    }
}
