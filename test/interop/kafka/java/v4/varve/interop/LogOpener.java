package varve.interop;

import java.io.File;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.apache.kafka.storage.internals.log.FetchDataInfo;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;
import org.apache.kafka.tools.DumpLogSegments;

/** The parts of the log whose names or shapes are those of 4.3. */
final class LogOpener {
    private LogOpener() {}

    static void dumpLogSegments(String[] argv) throws Exception {
        DumpLogSegments.main(argv);
    }

    static int epoch(EpochEntry entry) {
        return entry.epoch();
    }

    static long startOffset(EpochEntry entry) {
        return entry.startOffset();
    }

    static int lastSequence(BatchMetadata batch) {
        return batch.lastSeq();
    }

    static StoredLog open(File dir, Map<String, String> config, boolean clean, long recoveryPoint, long logStartOffset,
                          ManualTime time, InlineScheduler scheduler) throws IOException {
        Map<String, String> settings = new HashMap<>(config);
        // Topics may not have segments below 1 MiB since 4.0; the hidden setting has no such floor.
        String segmentBytes = settings.get("segment.bytes");
        if (segmentBytes != null && Long.parseLong(segmentBytes) < 1048576)
            settings.put("internal.segment.bytes", settings.remove("segment.bytes"));
        UnifiedLog log = UnifiedLog.create(dir, new LogConfig(settings), logStartOffset, recoveryPoint, scheduler,
            new BrokerTopicStats(), time, 900_000, new ProducerStateManagerConfig(86_400_000, false), 600_000,
            new LogDirFailureChannel(1), clean, Optional.empty());
        return new Adapter(log, time);
    }

    private static final class Adapter implements StoredLog {
        private final UnifiedLog log;
        private final ManualTime time;

        Adapter(UnifiedLog log, ManualTime time) {
            this.log = log;
            this.time = time;
        }

        @Override
        public LogAppendInfo appendAsLeader(MemoryRecords records, int leaderEpoch, AppendOrigin origin)
            throws IOException {
            // Markers name the version of the transaction protocol: 1 is the one without epoch bumps.
            return log.appendAsLeader(records, leaderEpoch, origin, RequestLocal.noCaching(), VerificationGuard.SENTINEL,
                TransactionVersion.TV_1.featureLevel());
        }

        @Override
        public LogAppendInfo appendAsFollower(MemoryRecords records, int leaderEpoch) {
            return log.appendAsFollower(records, leaderEpoch);
        }

        @Override
        public void assignEpoch(int epoch, long startOffset) {
            log.assignEpochStartOffset(epoch, startOffset);
        }

        @Override
        public long logStartOffset() {
            return log.logStartOffset();
        }

        @Override
        public long logEndOffset() {
            return log.logEndOffset();
        }

        @Override
        public long lastStableOffset() {
            return log.lastStableOffset();
        }

        @Override
        public long highWatermark() {
            return log.highWatermark();
        }

        @Override
        public long recoveryPoint() {
            return log.recoveryPoint();
        }

        @Override
        public void updateHighWatermark(long offset) throws IOException {
            log.updateHighWatermark(offset);
        }

        @Override
        public void roll() throws IOException {
            log.roll();
        }

        @Override
        public void flush(boolean force) {
            log.flush(force);
        }

        @Override
        public boolean truncateTo(long offset) {
            return log.truncateTo(offset);
        }

        @Override
        public void truncateFullyAndStartAt(long offset) {
            log.truncateFullyAndStartAt(offset, Optional.empty());
        }

        @Override
        public boolean incrementLogStartOffset(long offset) {
            return log.maybeIncrementLogStartOffset(offset, LogStartOffsetIncrementReason.ClientRecordDeletion);
        }

        @Override
        public int deleteOldSegments() throws IOException {
            return log.deleteOldSegments();
        }

        @Override
        public void takeProducerSnapshot() throws IOException {
            log.takeProducerSnapshot();
        }

        @Override
        public ProducerStateManager producerStateManager() {
            return log.producerStateManager();
        }

        @Override
        public List<EpochEntry> epochs() {
            return log.leaderEpochCache().epochEntries();
        }

        @Override
        public FetchDataInfo read(long offset, int maxBytes, String isolation, boolean minOneMessage)
            throws IOException {
            return log.read(offset, maxBytes, FetchIsolation.valueOf(isolation.toUpperCase(Locale.ROOT)), minOneMessage);
        }

        @Override
        public long[] offsetForTimestamp(long timestamp) {
            Optional<FileRecords.TimestampAndOffset> found =
                log.fetchOffsetByTimestamp(timestamp, Optional.empty()).timestampAndOffsetOpt();
            return found.map(at -> new long[] {at.timestamp, at.offset}).orElse(null);
        }

        @Override
        public Collection<LogSegment> segments() {
            return log.logSegments();
        }

        @Override
        public long clean(long firstDirty, long uncleanable, int mapBytes) throws Exception {
            Throttler unthrottled = new Throttler(Double.MAX_VALUE, Long.MAX_VALUE, "throttle", "entries", time);
            Cleaner cleaner = new Cleaner(0, new SkimpyOffsetMap(mapBytes), 65536, 65536, 0.9, unthrottled, time,
                partition -> { });
            return cleaner.doClean(new LogToClean(log, firstDirty, uncleanable, false), time.milliseconds()).getKey();
        }

        @Override
        public void close() {
            log.close();
        }

        @Override
        public void abandon() {
            log.closeHandlers();
        }
    }
}
