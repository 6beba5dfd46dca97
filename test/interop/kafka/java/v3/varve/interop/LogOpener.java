package varve.interop;

import java.io.File;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import kafka.log.UnifiedLog;
import kafka.server.BrokerTopicStats;
import kafka.server.RequestLocal;
import kafka.tools.DumpLogSegments;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.storage.internals.log.FetchIsolation;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.apache.kafka.storage.internals.log.FetchDataInfo;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.LogStartOffsetIncrementReason;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.LogOffsetsListener;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import scala.Option;

/** The parts of the log whose names or shapes are those of 3.9, where the log is Scala. */
final class LogOpener {
    private LogOpener() {}

    static void dumpLogSegments(String[] argv) throws Exception {
        DumpLogSegments.main(argv);
    }

    static int epoch(EpochEntry entry) {
        return entry.epoch;
    }

    static long startOffset(EpochEntry entry) {
        return entry.startOffset;
    }

    static int lastSequence(BatchMetadata batch) {
        return batch.lastSeq;
    }

    static StoredLog open(File dir, Map<String, String> config, boolean clean, long recoveryPoint, long logStartOffset,
                          ManualTime time, InlineScheduler scheduler) throws IOException {
        UnifiedLog log = UnifiedLog.apply(dir, new LogConfig(config), logStartOffset, recoveryPoint, scheduler,
            new BrokerTopicStats(false), time, 900_000, new ProducerStateManagerConfig(86_400_000, false), 600_000,
            new LogDirFailureChannel(1), clean, Option.empty(), true, new ConcurrentHashMap<>(), false,
            LogOffsetsListener.NO_OP_OFFSETS_LISTENER);
        return new Adapter(log);
    }

    private static final class Adapter implements StoredLog {
        private final UnifiedLog log;

        Adapter(UnifiedLog log) {
            this.log = log;
        }

        @Override
        public LogAppendInfo appendAsLeader(MemoryRecords records, int leaderEpoch, AppendOrigin origin) {
            return log.appendAsLeader(records, leaderEpoch, origin, MetadataVersion.latestProduction(),
                RequestLocal.NoCaching(), VerificationGuard.SENTINEL);
        }

        @Override
        public LogAppendInfo appendAsFollower(MemoryRecords records, int leaderEpoch) {
            return log.appendAsFollower(records, leaderEpoch);
        }

        @Override
        public void assignEpoch(int epoch, long startOffset) {
            log.maybeAssignEpochStartOffset(epoch, startOffset);
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
        public void updateHighWatermark(long offset) {
            log.updateHighWatermark(offset);
        }

        @Override
        public void roll() {
            log.roll(Option.empty());
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
            log.truncateFullyAndStartAt(offset, Option.empty());
        }

        @Override
        public boolean incrementLogStartOffset(long offset) {
            return log.maybeIncrementLogStartOffset(offset, LogStartOffsetIncrementReason.ClientRecordDeletion);
        }

        @Override
        public int deleteOldSegments() {
            return log.deleteOldSegments();
        }

        @Override
        public void takeProducerSnapshot() {
            log.takeProducerSnapshot();
        }

        @Override
        public ProducerStateManager producerStateManager() {
            return log.producerStateManager();
        }

        @Override
        public List<EpochEntry> epochs() {
            return log.leaderEpochCache().isDefined() ? log.leaderEpochCache().get().epochEntries() : List.of();
        }

        @Override
        public FetchDataInfo read(long offset, int maxBytes, String isolation, boolean minOneMessage) {
            return log.read(offset, maxBytes, FetchIsolation.valueOf(isolation.toUpperCase(Locale.ROOT)), minOneMessage);
        }

        @Override
        public long[] offsetForTimestamp(long timestamp) {
            Option<FileRecords.TimestampAndOffset> found = log.fetchOffsetByTimestamp(timestamp, Option.empty());
            return found.isDefined() ? new long[] {found.get().timestamp, found.get().offset} : null;
        }

        @Override
        public Collection<LogSegment> segments() {
            return log.logSegments();
        }

        @Override
        public long clean(long firstDirty, long uncleanable, int mapBytes) {
            throw new UnsupportedOperationException("the 3.9 cleaner is not driven from here; use 4.3");
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
