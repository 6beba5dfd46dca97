import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StorageType;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.Block;
import org.apache.hadoop.hdfs.protocol.ExtendedBlock;
import org.apache.hadoop.hdfs.server.datanode.BlockMetadataHeader;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.hdfs.server.datanode.ReplicaHandler;
import org.apache.hadoop.hdfs.server.datanode.fsdataset.FsDatasetSpi;
import org.apache.hadoop.hdfs.server.datanode.fsdataset.ReplicaOutputStreams;
import org.apache.hadoop.hdfs.server.namenode.NameNode;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.apache.hadoop.util.DataChecksum;

/**
 * A NameNode and a DataNode of Apache Hadoop with a client of theirs, one replica, default settings. Reads lines
 * from standard input and answers each with one line of JSON: seconds, cpuSeconds (of the whole process).
 *
 *    start DIR            formats and starts both, below DIR
 *    write BYTES          the client writes a file, in pieces of 1 MiB
 *    read                 the client reads it, verifying, as it does by default
 *    delete               removes it
 *    store BYTES          the DataNode's own store (FsDatasetImpl) takes the same bytes as blocks of 128 MiB, sums
 *                         computed per 512 bytes, without network or client
 *    check                reads those blocks from the store and verifies them
 *    discard              removes them
 *
 * The first lines are a good place to let the compiler warm up.
 */
public final class HadoopBlocks {
    private static final OperatingSystemMXBean SYSTEM =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final int PIECE = 1 << 20;
    private static final long BLOCK = 128L << 20;
    private static final Path FILE = new Path("/file");
    private static final byte[] piece = new byte[PIECE];
    private static final List<ExtendedBlock> stored = new ArrayList<>();
    private static NameNode nameNode;
    private static DataNode dataNode;
    private static DistributedFileSystem files;
    private static long nextBlock = 1L << 40;
    private static long start;
    private static long cpu;

    private HadoopBlocks() {}

    public static void main(String[] none) throws Exception {
        new Random(1).nextBytes(piece);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null;) {
            String[] words = line.split(" ");
            begin();
            switch (words[0]) {
                case "start": start(words[1]); break;
                case "write": write(Long.parseLong(words[1])); break;
                case "read": read(); break;
                case "delete": files.delete(FILE, true); break;
                case "store": store(Long.parseLong(words[1])); break;
                case "check": check(); break;
                case "discard": discard(); break;
                default: throw new IllegalArgumentException(line);
            }
            end();
        }
        System.exit(0);
    }

    private static void start(String dir) throws Exception {
        // Two daemons in one JVM: their metrics share names.
        DefaultMetricsSystem.setMiniClusterMode(true);
        String loopback = "127.0.0.1:0";
        Configuration conf = new Configuration();
        FileSystem.setDefaultUri(conf, "hdfs://" + loopback);
        conf.set("dfs.namenode.http-address", loopback);
        conf.set("dfs.namenode.name.dir", "file://" + dir + "/name");
        conf.set("dfs.namenode.safemode.extension", "0");
        conf.set("dfs.replication", "1");
        NameNode.format(conf);
        nameNode = new NameNode(conf);
        FileSystem.setDefaultUri(conf, "hdfs://127.0.0.1:" + nameNode.getNameNodeAddress().getPort());
        conf.set("dfs.datanode.data.dir", "file://" + dir + "/data");
        conf.set("dfs.datanode.address", loopback);
        conf.set("dfs.datanode.http.address", loopback);
        conf.set("dfs.datanode.ipc.address", loopback);
        conf.set("dfs.datanode.hostname", "127.0.0.1");
        conf.set("dfs.heartbeat.interval", "1");
        dataNode = DataNode.createDataNode(new String[0], conf);
        while (!dataNode.isDatanodeFullyStarted() || nameNode.getNamesystem().getNumLiveDataNodes() < 1
            || nameNode.isInSafeMode()) Thread.sleep(20);
        files = (DistributedFileSystem) FileSystem.newInstance(conf);
    }

    private static void write(long bytes) throws Exception {
        try (FSDataOutputStream out = files.create(FILE, true)) {
            for (long at = 0; at < bytes; at += PIECE) out.write(piece);
        }
    }

    private static void read() throws Exception {
        byte[] into = new byte[PIECE];
        long expected = files.getFileStatus(FILE).getLen();
        try (FSDataInputStream in = files.open(FILE)) {
            for (int got; (got = in.read(into)) > 0;) expected -= got;
        }
        if (expected != 0) throw new IllegalStateException("the file is short");
    }

    private static void store(long bytes) throws Exception {
        FsDatasetSpi<?> store = dataNode.getFSDataset();
        DataChecksum sum = DataChecksum.newDataChecksum(DataChecksum.Type.CRC32C, 512);
        byte[] sums = new byte[PIECE / 512 * 4];
        for (long at = 0; at < bytes; at += BLOCK) {
            long length = Math.min(BLOCK, bytes - at);
            ExtendedBlock block = new ExtendedBlock(pool(), nextBlock++, length, 2000);
            try (ReplicaHandler handler = store.createRbw(StorageType.DISK, null, block, false)) {
                try (ReplicaOutputStreams out = handler.getReplica().createStreams(true, sum)) {
                    // As the DataNode begins a sidecar.
                    DataOutputStream meta = new DataOutputStream(out.getChecksumOut());
                    BlockMetadataHeader.writeHeader(meta, sum);
                    for (long done = 0; done < length; done += PIECE) {
                        sum.calculateChunkedSums(piece, 0, PIECE, sums, 0);
                        out.writeDataToDisk(piece, 0, PIECE);
                        meta.write(sums);
                        handler.getReplica().setNumBytes(done + PIECE);
                    }
                    meta.flush();
                    handler.getReplica().setLastChecksumAndDataLen(length, null);
                    handler.getReplica().setBytesAcked(length);
                }
            }
            store.finalizeBlock(block, false);
            stored.add(block);
        }
    }

    private static void check() throws Exception {
        FsDatasetSpi<?> store = dataNode.getFSDataset();
        byte[] into = new byte[PIECE];
        byte[] sums = new byte[PIECE / 512 * 4];
        for (ExtendedBlock block : stored) {
            try (InputStream data = store.getBlockInputStream(block, 0);
                 InputStream meta = store.getMetaDataInputStream(block)) {
                DataChecksum sum = DataChecksum.newDataChecksum(DataChecksum.Type.CRC32C, 512);
                meta.skipNBytes(7);
                for (long done = 0; done < block.getNumBytes(); done += PIECE) {
                    if (data.readNBytes(into, 0, PIECE) < PIECE) throw new IllegalStateException("the block is short");
                    if (meta.readNBytes(sums, 0, sums.length) < sums.length) throw new IllegalStateException("no sums");
                    sum.verifyChunkedSums(ByteBuffer.wrap(into), ByteBuffer.wrap(sums), "block", done);
                }
            }
        }
    }

    private static void discard() throws Exception {
        Block[] blocks = stored.stream().map(block -> block.getLocalBlock()).toArray(Block[]::new);
        dataNode.getFSDataset().invalidate(pool(), blocks);
        stored.clear();
    }

    private static String pool() {
        return nameNode.getNamesystem().getBlockPoolId();
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
}
