import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.common.RequestLocal;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/**
 * Apache Kafka's own log, used as a broker uses it for a producer, without network or cluster. Reads
 * lines from standard input and answers each with one line of JSON: seconds, cpuSeconds.
 *
 *    append DIR BATCH COUNT   COUNT appends of the batch in the file BATCH to a new log DIR; every record
 *                             is validated, as it always is there
 *    open DIR END             opens the log in DIR, stopped in order and durable up to the offset END
 *    clean DIR END SEGMENT    opens it likewise, then one round of the cleaner over all but the active segment,
 *                             with a broker's default buffers; segments of at most SEGMENT bytes
 *
 * The first lines are a good place to let the compiler warm up.
 */
public final class KafkaLog {
    private static final OperatingSystemMXBean SYSTEM =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static long start;
    private static long cpu;

    private KafkaLog() {}

    public static void main(String[] none) throws Exception {
        KafkaScheduler scheduler = new KafkaScheduler(1);
        scheduler.startup();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null;) {
            String[] words = line.split(" ");
            if (words[0].equals("append")) append(scheduler, words);
            else if (words[0].equals("open")) reopen(scheduler, words);
            else clean(scheduler, words);
        }
        scheduler.shutdown();
    }

    private static void append(KafkaScheduler scheduler, String[] words) throws Exception {
        File dir = new File(words[1]);
        ByteBuffer batch = ByteBuffer.wrap(Files.readAllBytes(Path.of(words[2])));
        int count = Integer.parseInt(words[3]);
        remove(dir);
        dir.mkdirs();
        UnifiedLog log = open(scheduler, dir, 0);
        begin();
        for (int turn = 0; turn < count; turn++) {
            // Offsets are assigned in place; a producer's batch begins at 0.
            batch.putLong(0, 0);
            log.appendAsLeader(MemoryRecords.readableRecords(batch.duplicate()), 0, AppendOrigin.CLIENT,
                RequestLocal.noCaching(), VerificationGuard.SENTINEL, TransactionVersion.TV_1.featureLevel());
        }
        end();
        log.close();
        remove(dir);
    }

    private static void reopen(KafkaScheduler scheduler, String[] words) throws Exception {
        begin();
        UnifiedLog log = open(scheduler, new File(words[1]), Long.parseLong(words[2]));
        end();
        log.close();
    }

    private static void clean(KafkaScheduler scheduler, String[] words) throws Exception {
        long end = Long.parseLong(words[2]);
        UnifiedLog log = open(scheduler, new File(words[1]), end, Map.of("segment.bytes", words[3],
            "cleanup.policy", "compact"));
        log.updateHighWatermark(end);
        Throttler throttler = new Throttler(Double.MAX_VALUE, 300, "cleaner-io", "bytes", Time.SYSTEM);
        begin();
        Cleaner cleaner = new Cleaner(0, new SkimpyOffsetMap(128 << 20), 512 << 10, 1 << 20, 0.9, throttler,
            Time.SYSTEM, partition -> {});
        cleaner.clean(new LogToClean(log, 0, log.activeSegment().baseOffset(), false));
        end();
        log.close();
    }

    private static UnifiedLog open(KafkaScheduler scheduler, File dir, long recoveryPoint) throws Exception {
        return open(scheduler, dir, recoveryPoint, Map.of("segment.bytes", "1073741824", "max.message.bytes",
            "16777216"));
    }

    private static UnifiedLog open(KafkaScheduler scheduler, File dir, long recoveryPoint, Map<String, String> settings)
        throws Exception {
        LogConfig config = new LogConfig(settings);
        return UnifiedLog.create(dir, config, 0, recoveryPoint, scheduler, new BrokerTopicStats(), Time.SYSTEM, 900_000,
            new ProducerStateManagerConfig(86_400_000, false), 600_000, new LogDirFailureChannel(1), true,
            Optional.empty());
    }

    private static void begin() {
        cpu = SYSTEM.getProcessCpuTime();
        start = System.nanoTime();
    }

    private static void end() {
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpuSeconds = (SYSTEM.getProcessCpuTime() - cpu) / 1e9;
        System.out.printf(Locale.ROOT, "{\"seconds\":%.6f,\"cpuSeconds\":%.6f}%n", seconds, cpuSeconds);
    }

    private static void remove(File dir) throws Exception {
        if (!dir.exists()) return;
        try (Stream<Path> paths = Files.walk(dir.toPath())) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
