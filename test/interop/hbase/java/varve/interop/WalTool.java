package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.HConstants;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.wal.WAL;
import org.apache.hadoop.hbase.wal.WALEdit;
import org.apache.hadoop.hbase.wal.WALFactory;
import org.apache.hadoop.hbase.wal.WALKeyImpl;
import org.apache.hadoop.hbase.wal.WALPrettyPrinter;
import org.apache.hadoop.hbase.wal.WALProvider;
import org.apache.hadoop.hbase.wal.WALStreamReader;

/** Write-ahead logs by HBase's own classes: written, read, printed. */
final class WalTool {
    /** Writers that were not closed, as those of a server that dies are not. */
    private static final List<WALProvider.Writer> LEFT_OPEN = new ArrayList<>();

    private WalTool() {}

    static JsonNode run(String command, JsonNode args) throws Exception {
        switch (command) {
            case "wal.print": return print(args);
            case "wal.read": return read(args);
            case "wal.write": return write(args);
            default: throw new IllegalArgumentException("unknown command " + command);
        }
    }

    private static Configuration configuration(JsonNode args) {
        return HFileTool.configuration(args);
    }

    private static JsonNode print(JsonNode args) {
        return Server.capture(() -> {
            WALPrettyPrinter.run(Server.strings(args.get("argv")));
            return 0;
        });
    }

    private static JsonNode read(JsonNode args) throws Exception {
        Configuration conf = configuration(args);
        Path path = new Path(args.get("path").asText());
        ArrayNode entries = Server.JSON.createArrayNode();
        try (WALStreamReader reader = WALFactory.createStreamReader(FileSystem.getLocal(conf), path, conf)) {
            for (WAL.Entry entry = reader.next(); entry != null; entry = reader.next()) {
                ObjectNode json = entries.addObject();
                json.put("region", Cells.text(entry.getKey().getEncodedRegionName()));
                json.put("table", entry.getKey().getTableName().getNameAsString());
                json.put("sequenceId", entry.getKey().getSequenceId());
                json.put("writeTimeMs", entry.getKey().getWriteTime());
                ArrayNode cells = json.putArray("cells");
                for (Cell cell : entry.getEdit().getCells()) cells.add(Cells.toJson(cell));
            }
        }
        return entries;
    }

    private static JsonNode write(JsonNode args) throws Exception {
        Configuration conf = configuration(args);
        Path path = new Path(args.get("path").asText());
        WALProvider.Writer writer = WALFactory.createWALWriter(FileSystem.getLocal(conf).getRaw(), path, conf);
        for (JsonNode entry : args.get("entries")) {
            WALKeyImpl key = new WALKeyImpl(
                Cells.bytes(entry.get("region")),
                TableName.valueOf(entry.get("table").asText()),
                entry.get("sequenceId").asLong(),
                entry.get("writeTimeMs").asLong(),
                HConstants.DEFAULT_CLUSTER_ID);
            WALEdit edit = new WALEdit();
            for (JsonNode cell : entry.get("cells")) edit.add(Cells.fromJson(cell));
            writer.append(new WAL.Entry(key, edit));
        }
        writer.sync(true);
        if (args.path("close").asBoolean(true)) writer.close();
        else LEFT_OPEN.add(writer);
        return Server.JSON.createObjectNode().put("length", writer.getLength());
    }
}
