package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.KeepDeletedCells;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.ColumnFamilyDescriptorBuilder;
import org.apache.hadoop.hbase.client.RegionInfo;
import org.apache.hadoop.hbase.client.RegionInfoBuilder;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.client.TableDescriptor;
import org.apache.hadoop.hbase.client.TableDescriptorBuilder;
import org.apache.hadoop.hbase.regionserver.BloomType;
import org.apache.hadoop.hbase.regionserver.HRegion;
import org.apache.hadoop.hbase.regionserver.HRegionFileSystem;
import org.apache.hadoop.hbase.regionserver.HStore;
import org.apache.hadoop.hbase.regionserver.HStoreFile;
import org.apache.hadoop.hbase.regionserver.RegionScanner;
import org.apache.hadoop.hbase.regionserver.compactions.CompactionContext;
import org.apache.hadoop.hbase.regionserver.compactions.CompactionRequestImpl;
import org.apache.hadoop.hbase.regionserver.throttle.NoLimitThroughputController;
import org.apache.hadoop.hbase.util.Bytes;
import org.apache.hadoop.hbase.util.EnvironmentEdge;
import org.apache.hadoop.hbase.util.EnvironmentEdgeManager;
import org.apache.hadoop.hbase.wal.WALFactory;

/** One region of HBase's over store files that are given: scanned, compacted. Its clock stands. */
final class RegionTool {
    private static HRegion region;
    private static long nowMs;

    private RegionTool() {}

    static JsonNode run(String command, JsonNode args) throws Exception {
        switch (command) {
            case "region.open": return open(args);
            case "region.scan": return scan(args);
            case "region.compact": return compact(args);
            case "region.close": return close();
            default: throw new IllegalArgumentException("unknown command " + command);
        }
    }

    /** Takes copies of the files of `files`, by family. */
    private static JsonNode open(JsonNode args) throws Exception {
        nowMs = args.get("nowMs").asLong();
        EnvironmentEdgeManager.injectEdge((EnvironmentEdge) () -> nowMs);
        Configuration conf = HFileTool.configuration(args);
        conf.setBoolean("hbase.hregion.memstore.mslab.enabled", false);
        conf.set("hbase.wal.provider", "org.apache.hadoop.hbase.wal.DisabledWALProvider");
        Path root = new Path("file://" + args.get("directory").asText());
        conf.set("hbase.rootdir", root.toString());
        FileSystem fs = root.getFileSystem(conf);
        TableDescriptorBuilder table = TableDescriptorBuilder.newBuilder(TableName.valueOf("t"));
        for (JsonNode family : args.get("families")) {
            table.setColumnFamily(ColumnFamilyDescriptorBuilder.newBuilder(Cells.bytes(family.get("name")))
                .setMaxVersions(family.get("versions").asInt())
                .setMinVersions(family.get("minVersions").asInt())
                .setTimeToLive(family.path("ttlSeconds").asInt(Integer.MAX_VALUE))
                .setKeepDeletedCells(KeepDeletedCells.valueOf(family.get("keepDeleted").asText()))
                .setBloomFilterType(BloomType.valueOf(family.get("bloom").asText()))
                .build());
        }
        TableDescriptor descriptor = table.build();
        RegionInfo info = RegionInfoBuilder.newBuilder(descriptor.getTableName()).setRegionId(1).build();
        Path tableDir = new Path(root, "data/default/t");
        HRegionFileSystem regionFs = HRegionFileSystem.createRegionOnFileSystem(conf, fs, tableDir, info);
        for (JsonNode file : args.get("files")) {
            Path path = new Path("file://" + file.get("path").asText());
            Path family = new Path(regionFs.getRegionDir(), file.get("family").asText());
            fs.mkdirs(family);
            org.apache.hadoop.fs.FileUtil.copy(fs, path, fs, new Path(family, path.getName()), false, conf);
        }
        WALFactory wals = new WALFactory(conf, "region-tool");
        region = HRegion.openHRegion(conf, fs, root, info, descriptor, wals.getWAL(info));
        return Server.JSON.createObjectNode().put("readPoint", region.getReadPoint(null));
    }

    private static JsonNode close() throws Exception {
        region.close(true);
        EnvironmentEdgeManager.reset();
        return Server.JSON.createObjectNode();
    }

    private static JsonNode scan(JsonNode args) throws Exception {
        Scan scan = new Scan().setRaw(args.path("raw").asBoolean(false)).readVersions(args.get("versions").asInt());
        if (args.has("start")) scan.withStartRow(Cells.bytes(args.get("start")), true);
        if (args.has("stop")) scan.withStopRow(Cells.bytes(args.get("stop")), args.path("includeStop").asBoolean());
        if (args.has("from")) scan.setTimeRange(args.get("from").asLong(), args.get("to").asLong());
        scan.setReversed(args.path("reverse").asBoolean(false));
        if (args.has("filter")) scan.setFilter(Filters.fromJson(args.get("filter")));
        if (args.has("columns")) {
            args.get("columns").fields().forEachRemaining((entry) -> {
                byte[] family = Bytes.toBytes(entry.getKey());
                if (entry.getValue().isArray()) {
                    for (JsonNode qualifier : entry.getValue()) scan.addColumn(family, Cells.bytes(qualifier));
                } else {
                    scan.addFamily(family);
                }
            });
        }
        ArrayNode cells = Server.JSON.createArrayNode();
        try (RegionScanner scanner = region.getScanner(scan)) {
            List<Cell> row = new ArrayList<>();
            boolean hasMore;
            do {
                hasMore = scanner.next(row);
                for (Cell cell : row) cells.add(Cells.toJson(cell));
                row.clear();
            } while (hasMore);
        }
        return cells;
    }

    /** Compacts files of a family, named; tells where the new ones lie. */
    private static JsonNode compact(JsonNode args) throws Exception {
        HStore store = region.getStore(Cells.bytes(args.get("family")));
        List<HStoreFile> chosen = new ArrayList<>();
        for (JsonNode name : args.get("files")) {
            for (HStoreFile file : store.getStorefiles()) {
                if (file.getPath().getName().equals(name.asText())) chosen.add(file);
            }
        }
        if (chosen.size() != args.get("files").size()) throw new IllegalArgumentException("unknown file");
        CompactionRequestImpl request = new CompactionRequestImpl(chosen);
        boolean isMajor = args.get("isMajor").asBoolean();
        request.setIsMajor(isMajor, isMajor);
        CompactionContext context = store.getStoreEngine().createCompaction();
        context.forceSelect(request);
        @SuppressWarnings("unchecked")
        Collection<HStoreFile> compacting = (Collection<HStoreFile>) field(HStore.class, "filesCompacting", store);
        compacting.addAll(chosen);
        RegionScanner reader = region.getScanner(new Scan());
        if (args.has("smallestReadPoint")) {
            @SuppressWarnings("unchecked")
            Map<RegionScanner, Long> points =
                (Map<RegionScanner, Long>) field(HRegion.class, "scannerReadPoints", region);
            points.put(reader, args.get("smallestReadPoint").asLong());
        }
        List<HStoreFile> made = store.compact(context, NoLimitThroughputController.INSTANCE, null);
        reader.close();
        ObjectNode result = Server.JSON.createObjectNode();
        ArrayNode paths = result.putArray("paths");
        for (HStoreFile file : made) paths.add(file.getPath().toUri().getPath());
        return result;
    }

    private static Object field(Class<?> owner, String name, Object of) throws Exception {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }
}
