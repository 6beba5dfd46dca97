package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.LocalHBaseCluster;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Admin;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.ConnectionFactory;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Result;
import org.apache.hadoop.hbase.client.ResultScanner;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.tool.BulkLoadHFilesTool;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.zookeeper.MiniZooKeeperCluster;

/** A standalone HBase in this JVM: ZooKeeper, a master, a region server, a client of theirs. */
final class ClusterTool {
    private static MiniZooKeeperCluster zooKeeper;
    private static LocalHBaseCluster cluster;
    private static Configuration conf;
    private static Connection connection;

    private ClusterTool() {}

    static JsonNode run(String command, JsonNode args) throws Exception {
        switch (command) {
            case "cluster.start": return start(args);
            case "cluster.create": return create(args);
            case "cluster.load": return load(args);
            case "cluster.scan": return scan(args);
            case "cluster.get": return get(args);
            case "cluster.majorCompact": return majorCompact(args);
            default: throw new IllegalArgumentException("unknown command " + command);
        }
    }

    private static JsonNode start(JsonNode args) throws Exception {
        File directory = new File(args.get("directory").asText());
        conf = HFileTool.configuration(args);
        conf.set(HConstants.HBASE_DIR, "file://" + new File(directory, "hbase"));
        conf.set("hbase.tmp.dir", new File(directory, "tmp").toString());
        conf.set("hbase.wal.provider", "filesystem");
        conf.set("hbase.master.ipc.address", "127.0.0.1");
        conf.set("hbase.regionserver.ipc.address", "127.0.0.1");
        conf.set("hbase.master.hostname", "localhost");
        conf.set("hbase.regionserver.hostname", "localhost");
        for (String port : new String[] {"hbase.master.port", "hbase.regionserver.port"}) conf.setInt(port, 0);
        for (String port : new String[] {"hbase.master.info.port", "hbase.regionserver.info.port"}) conf.setInt(port, -1);
        conf.setInt("hbase.regionserver.handler.count", 4);
        conf.setInt("hbase.master.wait.on.regionservers.mintostart", 1);
        conf.setBoolean("hbase.procedure.store.wal.use.hsync", false);
        zooKeeper = new MiniZooKeeperCluster(conf);
        int port = zooKeeper.startup(new File(directory, "zookeeper"));
        conf.set(HConstants.ZOOKEEPER_QUORUM, "127.0.0.1");
        conf.setInt(HConstants.ZOOKEEPER_CLIENT_PORT, port);
        cluster = new LocalHBaseCluster(conf, 1, 1);
        cluster.startup();
        connection = ConnectionFactory.createConnection(conf);
        long deadline = System.currentTimeMillis() + 170_000;
        while (!(cluster.getActiveMaster() != null && cluster.getActiveMaster().isInitialized())) {
            if (System.currentTimeMillis() > deadline) throw new IllegalStateException("no master came up");
            Thread.sleep(100);
        }
        return Server.JSON.createObjectNode();
    }

    private static TableName table(JsonNode args) {
        return TableName.valueOf(args.get("table").asText());
    }

    private static JsonNode create(JsonNode args) throws Exception {
        try (Admin admin = connection.getAdmin()) {
            admin.createTable(TableDescriptorBuilder.newBuilder(table(args))
                .setColumnFamily(ColumnFamilyDescriptorBuilder.newBuilder(Bytes.toBytes(args.get("family").asText()))
                    .setMaxVersions(args.path("versions").asInt(1))
                    .build())
                .build());
        }
        return Server.JSON.createObjectNode();
    }

    /** Loads a directory with one directory of files for each family. */
    private static JsonNode load(JsonNode args) throws Exception {
        Map<?, ?> loaded = new BulkLoadHFilesTool(conf)
            .bulkLoad(table(args), new Path("file://" + args.get("directory").asText()));
        return Server.JSON.createObjectNode().put("files", loaded.size());
    }

    private static void addAll(ArrayNode cells, Result result) {
        if (result.rawCells() == null) return;
        for (Cell cell : result.rawCells()) cells.add(Cells.toJson(cell));
    }

    /** Every cell, markers too when raw. */
    private static JsonNode scan(JsonNode args) throws Exception {
        ArrayNode cells = Server.JSON.createArrayNode();
        Scan scan = new Scan().setRaw(args.path("raw").asBoolean(false)).readAllVersions();
        try (Table table = connection.getTable(table(args)); ResultScanner results = table.getScanner(scan)) {
            for (Result result : results) addAll(cells, result);
        }
        return cells;
    }

    private static JsonNode get(JsonNode args) throws Exception {
        ArrayNode cells = Server.JSON.createArrayNode();
        try (Table table = connection.getTable(table(args))) {
            for (JsonNode row : args.get("rows")) addAll(cells, table.get(new Get(Cells.bytes(row))));
        }
        return cells;
    }

    /** Rewrites all files of the table; returns where they are. */
    private static JsonNode majorCompact(JsonNode args) throws Exception {
        TableName name = table(args);
        ObjectNode result = Server.JSON.createObjectNode();
        try (Admin admin = connection.getAdmin()) {
            long before = admin.getLastMajorCompactionTimestamp(name);
            admin.majorCompact(name);
            long deadline = System.currentTimeMillis() + 60_000;
            while (admin.getLastMajorCompactionTimestamp(name) == before
                    || !admin.getCompactionState(name).name().equals("NONE")) {
                if (System.currentTimeMillis() > deadline) break;
                Thread.sleep(100);
            }
        }
        Path root = new Path(conf.get(HConstants.HBASE_DIR));
        result.put("directory", new Path(root, "data/default/" + name.getQualifierAsString()).toUri().getPath());
        return result;
    }
}
