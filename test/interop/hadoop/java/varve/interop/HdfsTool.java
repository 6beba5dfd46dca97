package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileChecksum;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.client.HdfsDataOutputStream;
import org.apache.hadoop.hdfs.protocol.BlockListAsLongs;
import org.apache.hadoop.hdfs.protocol.LocatedBlock;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.hdfs.server.namenode.NameNode;
import org.apache.hadoop.hdfs.server.protocol.DatanodeStorage;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.apache.hadoop.util.StringUtils;

/**
 * A NameNode and a DataNode in this JVM, and a client of theirs. The DataNode can be stopped and
 * started on another directory while the NameNode runs. Loopback, ports chosen by the system.
 */
final class HdfsTool {
    private static NameNode nameNode;
    private static DataNode dataNode;
    private static Configuration conf;
    private static final Map<String, FSDataOutputStream> open = new HashMap<>();

    private HdfsTool() {}

    static JsonNode run(String command, JsonNode args) throws Exception {
        switch (command) {
            case "hdfs.startNameNode": return startNameNode(args);
            case "hdfs.startDataNode": return startDataNode(args);
            case "hdfs.stopDataNode": return stopDataNode();
            case "hdfs.stop": return stop();
            case "hdfs.replicas": return replicas();
            case "hdfs.write": return write(args);
            case "hdfs.hold": return hold(args);
            case "hdfs.release": return release(args);
            case "hdfs.truncate":
                return Server.JSON.createObjectNode().put("done", files().truncate(path(args), args.get("length").asLong()));
            case "hdfs.delete":
                return Server.JSON.createObjectNode().put("done", files().delete(path(args), true));
            case "hdfs.read": return read(args);
            case "hdfs.checksum": return checksum(args);
            case "hdfs.blocks": return blocks(args);
            default: throw new IllegalArgumentException("unknown command " + command);
        }
    }

    /** {dir, format: bool, settings}: starts a NameNode and answers its ids. */
    private static JsonNode startNameNode(JsonNode args) throws Exception {
        // Two daemons in one JVM: their metrics share names.
        DefaultMetricsSystem.setMiniClusterMode(true);
        conf = PrintingTool.configuration(null);
        String loopback = "127.0.0.1:0";
        FileSystem.setDefaultUri(conf, "hdfs://" + loopback);
        conf.set("dfs.namenode.http-address", loopback);
        conf.set("dfs.namenode.name.dir", "file://" + args.get("dir").asText());
        conf.set("dfs.namenode.redundancy.interval.seconds", "1s");
        conf.set("dfs.namenode.fs-limits.min-block-size", "0");
        conf.set("dfs.namenode.safemode.extension", "0");
        conf.set("dfs.replication", "1");
        PrintingTool.apply(args.get("settings"), conf);
        if (args.path("format").asBoolean(true)) NameNode.format(conf);
        nameNode = new NameNode(conf);
        InetSocketAddress address = nameNode.getNameNodeAddress();
        FileSystem.setDefaultUri(conf, "hdfs://127.0.0.1:" + address.getPort());
        ObjectNode result = Server.JSON.createObjectNode();
        result.put("uri", FileSystem.getDefaultUri(conf).toString());
        result.put("clusterId", nameNode.getNamesystem().getClusterId());
        result.put("blockPoolId", nameNode.getNamesystem().getBlockPoolId());
        result.put("namespaceId", nameNode.getNamesystem().getFSImage().getStorage().getNamespaceID());
        result.put("cTime", nameNode.getNamesystem().getFSImage().getStorage().getCTime());
        return result;
    }

    /** {dirs, settings}: starts a DataNode on the directories and waits until the NameNode has its report. */
    private static JsonNode startDataNode(JsonNode args) throws Exception {
        Configuration own = new Configuration(conf);
        StringBuilder dirs = new StringBuilder();
        for (JsonNode dir : args.get("dirs")) dirs.append(dirs.length() == 0 ? "" : ",").append("file://").append(dir.asText());
        own.set("dfs.datanode.data.dir", dirs.toString());
        own.set("dfs.datanode.address", "127.0.0.1:0");
        own.set("dfs.datanode.http.address", "127.0.0.1:0");
        own.set("dfs.datanode.ipc.address", "127.0.0.1:0");
        own.set("dfs.datanode.hostname", "127.0.0.1");
        own.set("dfs.heartbeat.interval", "1");
        PrintingTool.apply(args.get("settings"), own);
        dataNode = DataNode.createDataNode(new String[0], own);
        long deadline = System.currentTimeMillis() + 60_000;
        while (!dataNode.isDatanodeFullyStarted() || nameNode.getNamesystem().getNumLiveDataNodes() < 1 || !reported()) {
            if (System.currentTimeMillis() > deadline) throw new IllegalStateException("the DataNode did not register");
            Thread.sleep(20);
        }
        while (nameNode.isInSafeMode()) {
            if (System.currentTimeMillis() > deadline) throw new IllegalStateException("the NameNode stays in safe mode");
            Thread.sleep(20);
        }
        return Server.JSON.createObjectNode().put("uuid", dataNode.getDatanodeUuid());
    }

    private static boolean reported() throws Exception {
        var manager = nameNode.getNamesystem().getBlockManager().getDatanodeManager();
        var node = manager.getDatanode(dataNode.getDatanodeUuid());
        if (node == null) return false;
        for (var storage : node.getStorageInfos()) if (storage.getBlockReportCount() == 0) return false;
        return node.getStorageInfos().length > 0;
    }

    private static JsonNode stopDataNode() {
        if (dataNode != null) dataNode.shutdown();
        dataNode = null;
        return Server.JSON.createObjectNode();
    }

    private static JsonNode stop() {
        stopDataNode();
        if (nameNode != null) nameNode.stop();
        nameNode = null;
        return Server.JSON.createObjectNode();
    }

    /** What the DataNode would put into its block report. */
    private static JsonNode replicas() {
        ArrayNode all = Server.JSON.createArrayNode();
        String pool = nameNode.getNamesystem().getBlockPoolId();
        Map<DatanodeStorage, BlockListAsLongs> reports = dataNode.getFSDataset().getBlockReports(pool);
        for (Map.Entry<DatanodeStorage, BlockListAsLongs> report : reports.entrySet()) {
            for (BlockListAsLongs.BlockReportReplica replica : report.getValue()) {
                ObjectNode one = all.addObject();
                one.put("storage", report.getKey().getStorageID());
                one.put("id", String.valueOf(replica.getBlockId()));
                one.put("generationStamp", replica.getGenerationStamp());
                one.put("length", replica.getNumBytes());
                one.put("state", replica.getState().name());
            }
        }
        return all;
    }

    private static DistributedFileSystem files() throws Exception {
        return (DistributedFileSystem) FileSystem.newInstance(conf);
    }

    private static Path path(JsonNode args) {
        return new Path(args.get("path").asText());
    }

    /** {path, base64, blockSize?, append?: bool}: writes and closes a file. */
    private static JsonNode write(JsonNode args) throws Exception {
        try (DistributedFileSystem files = files(); FSDataOutputStream out = stream(files, args)) {
            out.write(Base64.getDecoder().decode(args.get("base64").asText()));
        }
        return Server.JSON.createObjectNode();
    }

    private static FSDataOutputStream stream(DistributedFileSystem files, JsonNode args) throws Exception {
        if (args.path("append").asBoolean(false)) return files.append(path(args));
        long blockSize = args.path("blockSize").asLong(128L << 20);
        return files.create(path(args), true, 4096, (short) 1, blockSize);
    }

    /** As write, but flushed (sync: hsync, else hflush) and left open under its path. */
    private static JsonNode hold(JsonNode args) throws Exception {
        FSDataOutputStream out = open.get(args.get("path").asText());
        if (out == null) out = stream(files(), args);
        out.write(Base64.getDecoder().decode(args.get("base64").asText()));
        if (args.path("sync").asBoolean(false))
            ((HdfsDataOutputStream) out).hsync(EnumSet.of(HdfsDataOutputStream.SyncFlag.UPDATE_LENGTH));
        else out.hflush();
        open.put(args.get("path").asText(), out);
        return Server.JSON.createObjectNode();
    }

    private static JsonNode release(JsonNode args) throws Exception {
        open.remove(args.get("path").asText()).close();
        return Server.JSON.createObjectNode();
    }

    /** {path, position?, length?}: what a client reads, verified. */
    private static JsonNode read(JsonNode args) throws Exception {
        try (DistributedFileSystem files = files(); FSDataInputStream in = files.open(path(args))) {
            in.seek(args.path("position").asLong(0));
            long left = args.path("length").asLong(Long.MAX_VALUE);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] piece = new byte[65536];
            while (left > 0) {
                int got = in.read(piece, 0, (int) Math.min(piece.length, left));
                if (got < 0) break;
                bytes.write(piece, 0, got);
                left -= got;
            }
            return Server.JSON.createObjectNode().put("base64", Base64.getEncoder().encodeToString(bytes.toByteArray()));
        }
    }

    /** {path, mode: MD5MD5CRC | COMPOSITE_CRC}: as `hadoop fs -checksum` prints it. */
    private static JsonNode checksum(JsonNode args) throws Exception {
        Configuration own = new Configuration(conf);
        own.set("dfs.checksum.combine.mode", args.path("mode").asText("MD5MD5CRC"));
        try (FileSystem files = FileSystem.newInstance(own)) {
            FileChecksum sum = files.getFileChecksum(path(args));
            ObjectNode result = Server.JSON.createObjectNode();
            result.put("algorithm", sum.getAlgorithmName());
            result.put("hex", StringUtils.byteToHexString(sum.getBytes()));
            return result;
        }
    }

    /** The blocks of a file. */
    private static JsonNode blocks(JsonNode args) throws Exception {
        ArrayNode all = Server.JSON.createArrayNode();
        try (DistributedFileSystem files = files()) {
            for (LocatedBlock block : files.getClient().getLocatedBlocks(args.get("path").asText(), 0, Long.MAX_VALUE).getLocatedBlocks()) {
                ObjectNode one = all.addObject();
                one.put("id", String.valueOf(block.getBlock().getBlockId()));
                one.put("generationStamp", block.getBlock().getGenerationStamp());
                one.put("length", block.getBlockSize());
                one.put("locations", block.getLocations().length);
                one.put("corrupt", block.isCorrupt());
            }
        }
        return all;
    }
}
