package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hbase.CellComparator;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.client.Get;
import org.apache.hadoop.hbase.client.Scan;
import org.apache.hadoop.hbase.io.compress.Compression;
import org.apache.hadoop.hbase.io.encoding.DataBlockEncoding;
import org.apache.hadoop.hbase.io.hfile.CacheConfig;
import org.apache.hadoop.hbase.io.hfile.HFile;
import org.apache.hadoop.hbase.io.hfile.HFileContext;
import org.apache.hadoop.hbase.io.hfile.HFileContextBuilder;
import org.apache.hadoop.hbase.io.hfile.HFilePrettyPrinter;
import org.apache.hadoop.hbase.io.hfile.HFileScanner;
import org.apache.hadoop.hbase.regionserver.BloomType;
import org.apache.hadoop.hbase.regionserver.HStoreFile;
import org.apache.hadoop.hbase.regionserver.StoreFileReader;
import org.apache.hadoop.hbase.regionserver.StoreFileWriter;
import org.apache.hadoop.hbase.util.ChecksumType;
import org.apache.hadoop.hbase.util.hbck.HFileCorruptionChecker;

/** Store files by HBase's own classes: written, read, printed, checked. */
final class HFileTool {
    private static final EnumSet<Compression.Algorithm> WITHOUT_NATIVE = EnumSet.of(
        Compression.Algorithm.SNAPPY, Compression.Algorithm.LZ4, Compression.Algorithm.ZSTD);

    private HFileTool() {}

    static JsonNode run(String command, JsonNode args) throws Exception {
        switch (command) {
            case "hfile.print": return print(args);
            case "hfile.read": return read(args);
            case "hfile.write": return write(args);
            case "hfile.blooms": return blooms(args);
            case "hfile.corrupt": return corrupt(args);
            default: throw new IllegalArgumentException("unknown command " + command);
        }
    }

    /** Codecs that need no native library. */
    static Configuration configuration(JsonNode args) {
        Configuration conf = HBaseConfiguration.create();
        String codecs = "org.apache.hadoop.hbase.io.compress.aircompressor.";
        conf.set("hbase.io.compress.snappy.codec", codecs + "SnappyCodec");
        conf.set("hbase.io.compress.lz4.codec", codecs + "Lz4Codec");
        conf.set("hbase.io.compress.zstd.codec", codecs + "ZstdCodec");
        conf.set("fs.defaultFS", "file:///");
        // Local files cannot flush as HDFS does; the first to ask for them sets it for all.
        conf.setBoolean("hbase.unsafe.stream.capability.enforce", false);
        conf.setBoolean("hbase.regionserver.checksum.verify", true);
        // The algorithms remember a configuration of their own.
        for (Compression.Algorithm algorithm : Compression.Algorithm.values()) {
            if (WITHOUT_NATIVE.contains(algorithm)) algorithm.reload(conf);
        }
        JsonNode settings = args.get("settings");
        if (settings != null) {
            settings.fields().forEachRemaining((entry) -> conf.set(entry.getKey(), entry.getValue().asText()));
        }
        return conf;
    }

    private static FileSystem files(Configuration conf) throws Exception {
        // HBase's own checksums are verified only where the file system does not.
        FileSystem fs = FileSystem.getLocal(conf).getRaw();
        fs.setConf(conf);
        return fs;
    }

    private static JsonNode print(JsonNode args) {
        Configuration conf = configuration(args);
        return Server.capture(() -> new HFilePrettyPrinter(conf).run(Server.strings(args.get("argv"))));
    }

    private static JsonNode read(JsonNode args) throws Exception {
        Configuration conf = configuration(args);
        ObjectNode result = Server.JSON.createObjectNode();
        ArrayNode cells = result.putArray("cells");
        try (HFile.Reader reader = HFile.createReader(
                files(conf), new Path(args.get("path").asText()), CacheConfig.DISABLED, true, conf)) {
            HFileScanner scanner = reader.getScanner(conf, false, false);
            if (scanner.seekTo()) {
                do {
                    cells.add(Cells.toJson(scanner.getCell()));
                } while (scanner.next());
            }
            if (reader.getEntries() > 0) {
                reader.midKey().ifPresent((key) -> result.put("midRow", Cells.text(CellUtil.cloneRow(key))));
            }
            result.put("trailer", reader.getTrailer().toString());
            ObjectNode info = result.putObject("info");
            for (Map.Entry<byte[], byte[]> entry : reader.getHFileInfo().entrySet()) {
                info.put(Cells.text(entry.getKey()), Cells.text(entry.getValue()));
            }
        }
        return result;
    }

    private static JsonNode write(JsonNode args) throws Exception {
        Configuration conf = configuration(args);
        FileSystem fs = files(conf);
        HFileContext context = new HFileContextBuilder()
            .withBlockSize(args.path("blockBytes").asInt(65536))
            .withCompression(Compression.Algorithm.valueOf(args.path("compression").asText("NONE")))
            .withDataBlockEncoding(DataBlockEncoding.valueOf(args.path("encoding").asText("NONE")))
            .withIncludesMvcc(args.path("includesSequenceIds").asBoolean(true))
            .withIncludesTags(args.path("includesTags").asBoolean(false))
            .withCompressTags(args.path("compressTags").asBoolean(false))
            .withChecksumType(ChecksumType.valueOf(args.path("checksum").asText("CRC32C")))
            .withBytesPerCheckSum(args.path("bytesPerChecksum").asInt(16384))
            .withHBaseCheckSum(true)
            .withCreateTime(args.path("createTimeMs").asLong(0))
            .withCellComparator(CellComparator.getInstance())
            .build();
        StoreFileWriter writer = new StoreFileWriter.Builder(conf, CacheConfig.DISABLED, fs)
            .withFilePath(new Path(args.get("path").asText()))
            .withBloomType(BloomType.valueOf(args.path("bloom").asText("ROW")))
            .withMaxKeyCount(args.get("cells").size())
            .withFileContext(context)
            .build();
        for (JsonNode cell : args.get("cells")) writer.append(Cells.fromJson(cell));
        writer.appendMetadata(args.path("maxSequenceId").asLong(1), args.path("major").asBoolean(false));
        writer.close();
        return Server.JSON.createObjectNode();
    }

    /** Whether HBase's filter lets each of the rows and columns through. */
    private static JsonNode blooms(JsonNode args) throws Exception {
        Configuration conf = configuration(args);
        BloomType type = BloomType.valueOf(args.get("bloom").asText());
        HStoreFile file = new HStoreFile(
            files(conf), new Path(args.get("path").asText()), conf, CacheConfig.DISABLED, type, true);
        file.initReader();
        StoreFileReader reader = file.getReader();
        Method passes = StoreFileReader.class.getDeclaredMethod("passesBloomFilter", Scan.class, SortedSet.class);
        passes.setAccessible(true);
        ArrayNode answers = Server.JSON.createArrayNode();
        for (JsonNode question : args.get("questions")) {
            Get get = new Get(Cells.bytes(question.get(0)));
            TreeSet<byte[]> columns = new TreeSet<>(org.apache.hadoop.hbase.util.Bytes.BYTES_COMPARATOR);
            if (question.size() > 1) columns.add(Cells.bytes(question.get(1)));
            answers.add((Boolean) passes.invoke(reader, new Scan(get), columns));
        }
        file.closeStoreFile(true);
        return answers;
    }

    /** Names of the files that HBase's checker finds corrupt. */
    private static JsonNode corrupt(JsonNode args) throws Exception {
        Configuration conf = configuration(args);
        conf.set("hbase.rootdir", "file://" + args.get("root").asText());
        java.util.concurrent.ExecutorService executor = java.util.concurrent.Executors.newFixedThreadPool(1);
        try {
            HFileCorruptionChecker checker = new HFileCorruptionChecker(conf, executor, false);
            checker.checkTables(Collections.singletonList(new Path(args.get("table").asText())));
            ObjectNode result = Server.JSON.createObjectNode();
            result.put("checked", checker.getHFilesChecked());
            Collection<Path> bad = checker.getCorrupted();
            ArrayNode names = result.putArray("corrupt");
            for (Path path : bad) names.add(path.getName());
            result.put("failures", checker.getFailures().size());
            return result;
        } finally {
            executor.shutdownNow();
        }
    }
}
