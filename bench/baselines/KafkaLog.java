import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
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
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

/**
 * Apache Kafka's own log, appended to as a broker does for a producer, without network or cluster:
 * every record is validated, as it always is there.
 *
 *    KafkaLog DIR BATCH
 *
 * Reads lines from standard input, each a number of appends of the batch in the file BATCH to a new
 * log below DIR; answers each with one line of JSON: seconds, cpuSeconds. The first line is a good
 * place to let the compiler warm up.
 */
public final class KafkaLog {
    private KafkaLog() {}

    public static void main(String[] words) throws Exception {
        File dir = new File(words[0], "kafka-0");
        ByteBuffer batch = ByteBuffer.wrap(Files.readAllBytes(Path.of(words[1])));
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        KafkaScheduler scheduler = new KafkaScheduler(1);
        scheduler.startup();
        var lines = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null;) {
            remove(dir);
            dir.mkdirs();
            LogConfig config = new LogConfig(Map.of("segment.bytes", "1073741824", "max.message.bytes", "16777216"));
            UnifiedLog log = UnifiedLog.create(dir, config, 0, 0, scheduler, new BrokerTopicStats(), Time.SYSTEM, 900_000,
                new ProducerStateManagerConfig(86_400_000, false), 600_000, new LogDirFailureChannel(1), true,
                Optional.empty());
            int count = Integer.parseInt(line.trim());
            long cpu = system.getProcessCpuTime();
            long start = System.nanoTime();
            for (int turn = 0; turn < count; turn++) {
                // Offsets are assigned in place; a producer's batch begins at 0.
                batch.putLong(0, 0);
                log.appendAsLeader(MemoryRecords.readableRecords(batch.duplicate()), 0, AppendOrigin.CLIENT,
                    RequestLocal.noCaching(), VerificationGuard.SENTINEL, TransactionVersion.TV_1.featureLevel());
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpuSeconds = (system.getProcessCpuTime() - cpu) / 1e9;
            log.close();
            System.out.printf(java.util.Locale.ROOT, "{\"seconds\":%.6f,\"cpuSeconds\":%.6f}%n", seconds, cpuSeconds);
        }
        scheduler.shutdown();
        remove(dir);
    }

    private static void remove(File dir) throws Exception {
        if (!dir.exists()) return;
        try (Stream<Path> paths = Files.walk(dir.toPath())) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
