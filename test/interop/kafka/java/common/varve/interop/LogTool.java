package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.apache.kafka.storage.internals.log.FetchDataInfo;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.RecordValidationException;

/**
 * Drives Apache's partition log (UnifiedLog and the loader, segments and cleaner below it) on a
 * directory without a broker around it. A handle names an open log between requests.
 */
final class LogTool {
    private static final Map<Integer, Open> OPEN = new HashMap<>();
    private static int nextHandle = 1;

    private LogTool() {}

    private static final class Open {
        final StoredLog log;
        final ManualTime time;
        final InlineScheduler scheduler;

        Open(StoredLog log, ManualTime time, InlineScheduler scheduler) {
            this.log = log;
            this.time = time;
            this.scheduler = scheduler;
        }
    }

    static JsonNode run(String command, JsonNode args) throws Exception {
        if (command.equals("log.open")) return open(args);
        int handle = args.get("handle").asInt();
        Open open = OPEN.get(handle);
        if (open == null) throw new IllegalArgumentException("no open log with handle " + handle);
        StoredLog log = open.log;
        if (args.hasNonNull("nowMs")) open.time.nowMs = args.get("nowMs").asLong();
        switch (command) {
            case "log.append":
                return append(log, args);
            case "log.assignEpoch":
                log.assignEpoch(args.get("epoch").asInt(), args.get("startOffset").asLong());
                return state(log);
            case "log.roll":
                log.roll();
                return state(log);
            case "log.flush":
                log.flush(args.path("force").asBoolean(true));
                return state(log);
            case "log.highWatermark":
                log.updateHighWatermark(args.get("offset").asLong());
                return state(log);
            case "log.truncateTo":
                log.truncateTo(args.get("offset").asLong());
                return state(log);
            case "log.truncateFullyAndStartAt":
                log.truncateFullyAndStartAt(args.get("offset").asLong());
                return state(log);
            case "log.deleteRecordsBefore":
                log.incrementLogStartOffset(args.get("offset").asLong());
                return state(log);
            case "log.retention": {
                int deleted = log.deleteOldSegments();
                return state(log).put("deletedSegments", deleted);
            }
            case "log.snapshot":
                log.takeProducerSnapshot();
                return state(log);
            case "log.runDelayed": {
                int ran = open.scheduler.runDelayed();
                return state(log).put("ran", ran);
            }
            case "log.state":
                return state(log);
            case "log.read":
                return read(log, args);
            case "log.offsetsForTimes": {
                ArrayNode all = Server.JSON.createArrayNode();
                for (JsonNode timestamp : args.get("timestamps")) {
                    long[] found = log.offsetForTimestamp(timestamp.asLong());
                    if (found == null) all.addNull();
                    else all.addObject().put("timestamp", found[0]).put("offset", found[1]);
                }
                return all;
            }
            case "log.clean": {
                long next = log.clean(args.path("firstDirty").asLong(log.logStartOffset()),
                    args.path("uncleanable").asLong(log.logEndOffset()), args.path("mapBytes").asInt(1 << 20));
                return state(log).put("firstDirty", next);
            }
            case "log.close":
                OPEN.remove(handle);
                log.close();
                return Server.JSON.createObjectNode();
            case "log.abandon":
                OPEN.remove(handle);
                log.abandon();
                return Server.JSON.createObjectNode();
            default:
                throw new IllegalArgumentException("unknown command " + command);
        }
    }

    private static JsonNode open(JsonNode args) throws Exception {
        Map<String, String> config = new HashMap<>();
        if (args.hasNonNull("config"))
            args.get("config").properties().forEach(entry -> config.put(entry.getKey(), entry.getValue().asText()));
        ManualTime time = new ManualTime(args.path("nowMs").asLong(System.currentTimeMillis()));
        InlineScheduler scheduler = new InlineScheduler();
        StoredLog log = LogOpener.open(new File(args.get("dir").asText()), config, args.path("clean").asBoolean(false),
            args.path("recoveryPoint").asLong(0), args.path("logStartOffset").asLong(0), time, scheduler);
        int handle = nextHandle++;
        OPEN.put(handle, new Open(log, time, scheduler));
        return state(log).put("handle", handle);
    }

    private static JsonNode append(StoredLog log, JsonNode args) throws Exception {
        ArrayNode results = Server.JSON.createArrayNode();
        AppendOrigin origin = AppendOrigin.valueOf(args.path("origin").asText("client").toUpperCase(Locale.ROOT));
        int epoch = args.path("leaderEpoch").asInt(0);
        for (JsonNode batch : args.get("batches")) {
            ByteBuffer bytes = ByteBuffer.wrap(RecordsTool.bytes(batch));
            MemoryRecords records = MemoryRecords.readableRecords(bytes);
            ObjectNode one = results.addObject();
            try {
                LogAppendInfo info = origin == AppendOrigin.REPLICATION
                    ? log.appendAsFollower(records, epoch)
                    : log.appendAsLeader(records, epoch, origin);
                one.put("firstOffset", info.firstOffset());
                one.put("lastOffset", info.lastOffset());
                one.put("maxTimestamp", info.maxTimestamp());
                one.put("logAppendTime", info.logAppendTime());
            } catch (Exception refused) {
                // A refusal is an answer to compare with ours, not a failure of the tool.
                Exception reason = refused instanceof RecordValidationException
                    ? ((RecordValidationException) refused).invalidException()
                    : refused;
                one.put("refused", reason.getClass().getSimpleName());
                one.put("message", String.valueOf(reason.getMessage()));
            }
            if (args.path("advanceHighWatermark").asBoolean(true)) log.updateHighWatermark(log.logEndOffset());
        }
        return results;
    }

    private static JsonNode read(StoredLog log, JsonNode args) throws Exception {
        FetchDataInfo info = log.read(args.get("offset").asLong(), args.path("maxBytes").asInt(Integer.MAX_VALUE),
            args.path("isolation").asText("log_end"), args.path("minOneMessage").asBoolean(true));
        ObjectNode node = Server.JSON.createObjectNode();
        Records records = info.records;
        node.put("bytes", records.sizeInBytes());
        node.put("segmentBaseOffset", info.fetchOffsetMetadata.segmentBaseOffset);
        node.put("position", info.fetchOffsetMetadata.relativePositionInSegment);
        node.set("batches", RecordsTool.batches(records.batches()));
        ArrayNode aborted = node.putArray("abortedTransactions");
        if (info.abortedTransactions.isPresent())
            for (FetchResponseData.AbortedTransaction txn : info.abortedTransactions.get())
                aborted.addObject().put("producerId", txn.producerId()).put("firstOffset", txn.firstOffset());
        return node;
    }

    private static ObjectNode state(StoredLog log) {
        ObjectNode node = Server.JSON.createObjectNode();
        node.put("logStartOffset", log.logStartOffset());
        node.put("logEndOffset", log.logEndOffset());
        node.put("lastStableOffset", log.lastStableOffset());
        node.put("highWatermark", log.highWatermark());
        node.put("recoveryPoint", log.recoveryPoint());
        ArrayNode segments = node.putArray("segments");
        for (LogSegment segment : log.segments())
            segments.addObject().put("baseOffset", segment.baseOffset()).put("size", segment.size());
        ArrayNode producers = node.putArray("producers");
        for (ProducerStateEntry entry : RecordsTool.sorted(log.producerStateManager().activeProducers().values()))
            RecordsTool.putProducer(producers.addObject(), entry);
        ArrayNode epochs = node.putArray("epochs");
        for (EpochEntry entry : log.epochs())
            epochs.addObject().put("epoch", LogOpener.epoch(entry)).put("startOffset", LogOpener.startOffset(entry));
        return node;
    }
}
