package varve.interop;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.apache.kafka.storage.internals.log.FetchDataInfo;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.LogSegment;
import org.apache.kafka.storage.internals.log.ProducerStateManager;

/** What LogTool asks of UnifiedLog: Scala in 3.9, Java since 4.1, the same questions to both. */
interface StoredLog {
    LogAppendInfo appendAsLeader(MemoryRecords records, int leaderEpoch, AppendOrigin origin) throws IOException;

    LogAppendInfo appendAsFollower(MemoryRecords records, int leaderEpoch) throws IOException;

    void assignEpoch(int epoch, long startOffset);

    long logStartOffset();

    long logEndOffset();

    long lastStableOffset();

    long highWatermark();

    long recoveryPoint();

    void updateHighWatermark(long offset) throws IOException;

    void roll() throws IOException;

    void flush(boolean force) throws IOException;

    boolean truncateTo(long offset) throws IOException;

    void truncateFullyAndStartAt(long offset) throws IOException;

    boolean incrementLogStartOffset(long offset) throws IOException;

    int deleteOldSegments() throws IOException;

    void takeProducerSnapshot() throws IOException;

    ProducerStateManager producerStateManager();

    List<EpochEntry> epochs();

    /** Isolation: log_end, high_watermark or txn_committed. */
    FetchDataInfo read(long offset, int maxBytes, String isolation, boolean minOneMessage) throws IOException;

    /** {timestamp, offset}, or null when no record is that late. */
    long[] offsetForTimestamp(long timestamp);

    Collection<LogSegment> segments();

    /** Compacts [firstDirty, uncleanable): the first offset that was left dirty. */
    long clean(long firstDirty, long uncleanable, int mapBytes) throws Exception;

    void close() throws IOException;

    /** Lets go of the files without writing anything more, as a killed process would. */
    void abandon() throws IOException;
}
