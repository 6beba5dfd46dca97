package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.FileLogInputStream;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.storage.internals.log.AbortedTxn;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.OffsetIndex;
import org.apache.kafka.storage.internals.log.OffsetPosition;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.TimeIndex;
import org.apache.kafka.storage.internals.log.TimestampOffset;
import org.apache.kafka.storage.internals.log.TransactionIndex;

/**
 * Batches and index files as Apache's own classes build and read them.
 *
 * The record classes moved to record.internal in 4.3; for older jars the compile step rewrites the
 * imports (see jars.ts), which is all that differs.
 */
final class RecordsTool {
    private RecordsTool() {}

    static JsonNode run(String command, JsonNode args) throws Exception {
        switch (command) {
            case "records.build":
                return Server.JSON.getNodeFactory().textNode(base64(build(args)));
            case "records.buildAll": {
                ArrayNode all = Server.JSON.createArrayNode();
                for (JsonNode spec : args.get("batches")) all.add(base64(build(spec)));
                return all;
            }
            case "records.file":
                return file(new File(args.get("file").asText()));
            case "records.bytes": {
                MemoryRecords records = MemoryRecords.readableRecords(ByteBuffer.wrap(bytes(args.get("bytes"))));
                return batches(records.batches());
            }
            case "records.indexes":
                return indexes(new File(args.get("dir").asText()));
            default:
                throw new IllegalArgumentException("unknown command " + command);
        }
    }

    static MemoryRecords build(JsonNode spec) {
        byte magic = (byte) spec.path("magic").asInt(2);
        TimestampType type = "LogAppendTime".equals(spec.path("timestampType").asText("CreateTime"))
            ? TimestampType.LOG_APPEND_TIME
            : TimestampType.CREATE_TIME;
        if (magic == 0) type = TimestampType.NO_TIMESTAMP_TYPE;
        boolean control = spec.hasNonNull("marker");
        MemoryRecordsBuilder builder = new MemoryRecordsBuilder(
            new ByteBufferOutputStream(1024),
            magic,
            compression(spec),
            type,
            spec.path("baseOffset").asLong(0),
            spec.path("logAppendTime").asLong(RecordBatch.NO_TIMESTAMP),
            spec.path("producerId").asLong(RecordBatch.NO_PRODUCER_ID),
            (short) spec.path("producerEpoch").asInt(RecordBatch.NO_PRODUCER_EPOCH),
            spec.path("baseSequence").asInt(RecordBatch.NO_SEQUENCE),
            control || spec.path("transactional").asBoolean(false),
            control,
            spec.path("partitionLeaderEpoch").asInt(RecordBatch.NO_PARTITION_LEADER_EPOCH),
            Integer.MAX_VALUE,
            spec.path("deleteHorizonMs").asLong(RecordBatch.NO_TIMESTAMP));
        if (control) {
            JsonNode marker = spec.get("marker");
            ControlRecordType kind = "commit".equals(marker.get("type").asText())
                ? ControlRecordType.COMMIT
                : ControlRecordType.ABORT;
            builder.appendEndTxnMarker(marker.get("timestamp").asLong(),
                new EndTransactionMarker(kind, marker.path("coordinatorEpoch").asInt(0)));
        } else {
            long next = spec.path("baseOffset").asLong(0);
            for (JsonNode record : spec.get("records")) {
                long offset = record.path("offset").asLong(next);
                long timestamp = magic == 0 ? RecordBatch.NO_TIMESTAMP : record.path("timestamp").asLong(RecordBatch.NO_TIMESTAMP);
                builder.appendWithOffset(offset, timestamp, bytes(record.get("key")), bytes(record.get("value")),
                    headers(record.get("headers")));
                next = offset + 1;
            }
        }
        return builder.build();
    }

    private static Compression compression(JsonNode spec) {
        CompressionType type = CompressionType.forName(spec.path("codec").asText("none"));
        if (!spec.hasNonNull("level")) return Compression.of(type).build();
        int level = spec.get("level").asInt();
        switch (type) {
            case GZIP:
                return Compression.gzip().level(level).build();
            case LZ4:
                return Compression.lz4().level(level).build();
            case ZSTD:
                return Compression.zstd().level(level).build();
            default:
                throw new IllegalArgumentException(type + " has no level");
        }
    }

    static ObjectNode file(File file) throws Exception {
        FileRecords records = FileRecords.open(file, false);
        try {
            ObjectNode node = Server.JSON.createObjectNode();
            node.put("size", records.sizeInBytes());
            ArrayNode all = node.putArray("batches");
            try {
                batches(records.batches(), all);
            } catch (KafkaException damage) {
                // What was readable before the damage is part of the answer.
                node.put("damage", damage.getMessage());
            }
            return node;
        } finally {
            records.closeHandlers();
        }
    }

    static ArrayNode batches(Iterable<? extends RecordBatch> batches) {
        ArrayNode all = Server.JSON.createArrayNode();
        batches(batches, all);
        return all;
    }

    private static void batches(Iterable<? extends RecordBatch> batches, ArrayNode all) {
        int position = 0;
        for (RecordBatch batch : batches) {
            ObjectNode node = all.addObject();
            if (batch instanceof FileLogInputStream.FileChannelRecordBatch)
                position = ((FileLogInputStream.FileChannelRecordBatch) batch).position();
            node.put("position", position);
            node.put("size", batch.sizeInBytes());
            position += batch.sizeInBytes();
            node.put("magic", batch.magic());
            node.put("baseOffset", batch.baseOffset());
            node.put("lastOffset", batch.lastOffset());
            Integer count = batch.countOrNull();
            if (count == null) node.putNull("count");
            else node.put("count", count);
            node.put("crc", batch.checksum());
            node.put("valid", batch.isValid());
            node.put("codec", batch.compressionType().name);
            node.put("timestampType", batch.timestampType().name);
            node.put("maxTimestamp", batch.maxTimestamp());
            node.put("partitionLeaderEpoch", batch.partitionLeaderEpoch());
            node.put("producerId", batch.producerId());
            node.put("producerEpoch", batch.producerEpoch());
            node.put("baseSequence", batch.baseSequence());
            node.put("lastSequence", batch.lastSequence());
            node.put("transactional", batch.isTransactional());
            node.put("control", batch.isControlBatch());
            if (batch.magic() >= 2 && batch.deleteHorizonMs().isPresent())
                node.put("deleteHorizonMs", batch.deleteHorizonMs().getAsLong());
            else node.putNull("deleteHorizonMs");
            ArrayNode records = node.putArray("records");
            for (Record record : batch) {
                ObjectNode one = records.addObject();
                one.put("offset", record.offset());
                one.put("timestamp", record.timestamp());
                one.put("sequence", record.sequence());
                one.put("key", base64(record.hasKey() ? record.key() : null));
                one.put("value", base64(record.hasValue() ? record.value() : null));
                putHeaders(one, record.headers());
                if (batch.isControlBatch()) control(one.putObject("control"), record);
            }
        }
    }

    private static void control(ObjectNode node, Record record) {
        ControlRecordType type = ControlRecordType.parse(record.key());
        node.put("type", type.name().toLowerCase(java.util.Locale.ROOT));
        if (type == ControlRecordType.ABORT || type == ControlRecordType.COMMIT)
            node.put("coordinatorEpoch", EndTransactionMarker.deserialize(record).coordinatorEpoch());
    }

    /** Every index, snapshot and epoch file of a partition directory, opened without writing to it. */
    static ObjectNode indexes(File dir) throws Exception {
        ObjectNode node = Server.JSON.createObjectNode();
        File[] files = dir.listFiles();
        Arrays.sort(files);
        for (File file : files) {
            String name = file.getName();
            if (file.length() == 0 || !name.matches("\\d{20}\\.(index|timeindex|txnindex|snapshot)")) continue;
            long base = Long.parseLong(name.substring(0, 20));
            if (name.endsWith(".index")) {
                OffsetIndex index = new OffsetIndex(file, base, -1, false);
                ArrayNode entries = node.putArray(name);
                for (int i = 0; i < index.entries(); i++) {
                    OffsetPosition entry = index.entry(i);
                    // A file left by a killed broker ends in zeros; they are capacity, not entries.
                    if (i > 0 && entry.equals(new OffsetPosition(base, 0))) break;
                    entries.addObject().put("offset", entry.indexKey()).put("position", entry.indexValue());
                }
                index.closeHandler();
            } else if (name.endsWith(".timeindex")) {
                TimeIndex index = new TimeIndex(file, base, -1, false);
                ArrayNode entries = node.putArray(name);
                for (int i = 0; i < index.entries(); i++) {
                    TimestampOffset entry = index.entry(i);
                    if (entry.indexKey() == 0 && entry.indexValue() == base) break;
                    entries.addObject().put("timestamp", entry.indexKey()).put("offset", entry.indexValue());
                }
                index.closeHandler();
            } else if (name.endsWith(".txnindex")) {
                TransactionIndex index = new TransactionIndex(base, file);
                ArrayNode entries = node.putArray(name);
                for (AbortedTxn txn : index.allAbortedTxns()) putAborted(entries.addObject(), txn);
                index.close();
            } else {
                ArrayNode entries = node.putArray(name);
                for (ProducerStateEntry entry : sorted(ProducerStateManager.readSnapshot(file)))
                    putProducer(entries.addObject(), entry);
            }
        }
        return node;
    }

    static List<ProducerStateEntry> sorted(Iterable<ProducerStateEntry> entries) {
        List<ProducerStateEntry> list = new ArrayList<>();
        entries.forEach(list::add);
        list.sort((a, b) -> Long.compare(a.producerId(), b.producerId()));
        return list;
    }

    static void putAborted(ObjectNode node, AbortedTxn txn) {
        node.put("producerId", txn.producerId());
        node.put("firstOffset", txn.firstOffset());
        node.put("lastOffset", txn.lastOffset());
        node.put("lastStableOffset", txn.lastStableOffset());
    }

    static void putProducer(ObjectNode node, ProducerStateEntry entry) {
        node.put("producerId", entry.producerId());
        node.put("producerEpoch", entry.producerEpoch());
        BatchMetadata last = null;
        for (BatchMetadata batch : entry.batchMetadata()) last = batch;
        node.put("lastSequence", last == null ? -1 : LogOpener.lastSequence(last));
        node.put("lastOffset", entry.lastDataOffset());
        node.put("offsetDelta", last == null ? 0 : entry.lastDataOffset() - last.firstOffset());
        node.put("timestamp", entry.lastTimestamp());
        node.put("coordinatorEpoch", entry.coordinatorEpoch());
        node.put("currentTxnFirstOffset", entry.currentTxnFirstOffset().orElse(-1L));
    }

    static byte[] bytes(JsonNode node) {
        return node == null || node.isNull() ? null : Base64.getDecoder().decode(node.asText());
    }

    static Header[] headers(JsonNode node) {
        if (node == null || node.isNull()) return new Header[0];
        Header[] headers = new Header[node.size()];
        for (int i = 0; i < headers.length; i++)
            headers[i] = new RecordHeader(node.get(i).get(0).asText(), bytes(node.get(i).get(1)));
        return headers;
    }

    static void putHeaders(ObjectNode node, Header[] headers) {
        ArrayNode all = node.putArray("headers");
        for (Header header : headers) {
            ArrayNode pair = all.addArray();
            pair.add(header.key());
            pair.add(header.value() == null ? null : Base64.getEncoder().encodeToString(header.value()));
        }
    }

    static String base64(ByteBuffer buffer) {
        if (buffer == null) return null;
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return Base64.getEncoder().encodeToString(copy);
    }

    static String base64(MemoryRecords records) {
        return base64(records.buffer());
    }
}
