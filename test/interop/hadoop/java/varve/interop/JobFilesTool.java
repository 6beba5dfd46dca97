package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.DataInputBuffer;
import org.apache.hadoop.io.DataOutputBuffer;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.io.WritableComparable;
import org.apache.hadoop.io.WritableComparator;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.mapred.IFile;
import org.apache.hadoop.mapred.IndexRecord;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.SpillRecord;
import org.apache.hadoop.util.ReflectionUtils;

/** The files of Hadoop's jobs, written and read by Hadoop: SequenceFiles, IFiles, spill indexes. */
final class JobFilesTool {
    private JobFilesTool() {}

    static JsonNode run(String command, JsonNode args) throws Exception {
        switch (command) {
            case "files.writeSequence": return writeSequence(args);
            case "files.readSequence": return readSequence(args);
            case "files.writable": return writable(args);
            case "files.compare": return compare(args);
            case "files.writeSegments": return writeSegments(args);
            case "files.readSegments": return readSegments(args);
            default: throw new IllegalArgumentException("unknown command " + command);
        }
    }

    private static Configuration conf() {
        Configuration conf = new Configuration();
        conf.set("fs.defaultFS", "file:///");
        return conf;
    }

    private static CompressionCodec codec(Configuration conf, JsonNode name) throws Exception {
        if (name == null || name.isNull()) return null;
        return (CompressionCodec) ReflectionUtils.newInstance(conf.getClassByName(name.asText()), conf);
    }

    private static Writable valueOf(Configuration conf, String className, String base64) throws Exception {
        Writable value = (Writable) ReflectionUtils.newInstance(conf.getClassByName(className), conf);
        DataInputBuffer in = new DataInputBuffer();
        byte[] bytes = Base64.getDecoder().decode(base64);
        in.reset(bytes, bytes.length);
        value.readFields(in);
        return value;
    }

    private static String bytesOf(Writable value) throws Exception {
        DataOutputBuffer out = new DataOutputBuffer();
        value.write(out);
        return Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(out.getData(), out.getLength()));
    }

    /** {path, keyClass, valueClass, type, codec, metadata, records: [[base64, base64]]} */
    private static JsonNode writeSequence(JsonNode args) throws Exception {
        Configuration conf = conf();
        String keyClass = args.get("keyClass").asText();
        String valueClass = args.get("valueClass").asText();
        SequenceFile.Metadata metadata = new SequenceFile.Metadata();
        args.path("metadata").fields().forEachRemaining(
            one -> metadata.set(new Text(one.getKey()), new Text(one.getValue().asText())));
        SequenceFile.CompressionType type = SequenceFile.CompressionType.valueOf(args.get("type").asText());
        CompressionCodec codec = codec(conf, args.get("codec"));
        try (SequenceFile.Writer writer = SequenceFile.createWriter(
                conf,
                SequenceFile.Writer.file(new Path(args.get("path").asText())),
                SequenceFile.Writer.keyClass(conf.getClassByName(keyClass)),
                SequenceFile.Writer.valueClass(conf.getClassByName(valueClass)),
                SequenceFile.Writer.metadata(metadata),
                codec == null ? SequenceFile.Writer.compression(type) : SequenceFile.Writer.compression(type, codec))) {
            for (JsonNode record : args.get("records")) {
                writer.append(
                    valueOf(conf, keyClass, record.get(0).asText()),
                    valueOf(conf, valueClass, record.get(1).asText()));
            }
        }
        return Server.JSON.createObjectNode();
    }

    /** {path, start, end}: records of a split, by SequenceFileRecordReader's rule. */
    private static JsonNode readSequence(JsonNode args) throws Exception {
        Configuration conf = conf();
        ObjectNode result = Server.JSON.createObjectNode();
        ArrayNode records = result.putArray("records");
        try (SequenceFile.Reader reader =
                new SequenceFile.Reader(conf, SequenceFile.Reader.file(new Path(args.get("path").asText())))) {
            result.put("keyClass", reader.getKeyClassName());
            result.put("compressed", reader.isCompressed());
            result.put("blockCompressed", reader.isBlockCompressed());
            ObjectNode metadata = result.putObject("metadata");
            reader.getMetadata().getMetadata().forEach((key, value) -> metadata.put(key.toString(), value.toString()));
            Writable key = (Writable) ReflectionUtils.newInstance(reader.getKeyClass(), conf);
            Writable value = (Writable) ReflectionUtils.newInstance(reader.getValueClass(), conf);
            long end = args.path("end").asLong(Long.MAX_VALUE);
            if (args.path("start").asLong(0) > reader.getPosition()) reader.sync(args.get("start").asLong());
            for (;;) {
                long position = reader.getPosition();
                if (!reader.next(key, value) || (position >= end && reader.syncSeen())) break;
                records.addArray().add(bytesOf(key)).add(bytesOf(value));
            }
        }
        return result;
    }

    /** {class, values: [base64]}: what a type makes of bytes. */
    private static JsonNode writable(JsonNode args) throws Exception {
        Configuration conf = conf();
        ArrayNode all = Server.JSON.createArrayNode();
        for (JsonNode value : args.get("values")) {
            Writable made = valueOf(conf, args.get("class").asText(), value.asText());
            ObjectNode one = all.addObject();
            one.put("hash", made.hashCode());
            one.put("text", made.toString());
            one.put("bytes", bytesOf(made));
        }
        return all;
    }

    /** {class, values: [base64]}: the signs of all comparisons, row by row, of the raw comparator. */
    @SuppressWarnings("unchecked")
    private static JsonNode compare(JsonNode args) throws Exception {
        Class<?> type = conf().getClassByName(args.get("class").asText());
        WritableComparator comparator = WritableComparator.get((Class<? extends WritableComparable>) type);
        ArrayNode all = Server.JSON.createArrayNode();
        for (JsonNode left : args.get("values")) {
            byte[] a = Base64.getDecoder().decode(left.asText());
            for (JsonNode right : args.get("values")) {
                byte[] b = Base64.getDecoder().decode(right.asText());
                all.add(Integer.signum(comparator.compare(a, 0, a.length, b, 0, b.length)));
            }
        }
        return all;
    }

    /** {path, index, codec, segments: [[[base64, base64]]]} */
    private static JsonNode writeSegments(JsonNode args) throws Exception {
        JobConf conf = new JobConf(conf());
        FileSystem files = FileSystem.getLocal(conf).getRaw();
        JsonNode segments = args.get("segments");
        SpillRecord index = new SpillRecord(segments.size());
        try (FSDataOutputStream out = files.create(new Path(args.get("path").asText()))) {
            for (int i = 0; i < segments.size(); i++) {
                long start = out.getPos();
                IFile.Writer<Text, Text> writer =
                    new IFile.Writer<>(conf, out, Text.class, Text.class, codec(conf, args.get("codec")), null);
                for (JsonNode record : segments.get(i)) writer.append(buffer(record.get(0)), buffer(record.get(1)));
                writer.close();
                index.putIndex(new IndexRecord(start, writer.getRawLength(), writer.getCompressedLength()), i);
            }
        }
        index.writeToFile(new Path(args.get("index").asText()), conf);
        return Server.JSON.createObjectNode();
    }

    private static DataInputBuffer buffer(JsonNode base64) {
        byte[] bytes = Base64.getDecoder().decode(base64.asText());
        DataInputBuffer in = new DataInputBuffer();
        in.reset(bytes, bytes.length);
        return in;
    }

    /** {path, index, codec}: all records, segment by segment. */
    private static JsonNode readSegments(JsonNode args) throws Exception {
        JobConf conf = new JobConf(conf());
        FileSystem files = FileSystem.getLocal(conf).getRaw();
        SpillRecord index = new SpillRecord(new Path(args.get("index").asText()), conf);
        ArrayNode segments = Server.JSON.createArrayNode();
        for (int i = 0; i < index.size(); i++) {
            IndexRecord place = index.getIndex(i);
            ArrayNode records = segments.addArray();
            try (FSDataInputStream in = files.open(new Path(args.get("path").asText()))) {
                in.seek(place.startOffset);
                IFile.Reader<Text, Text> reader =
                    new IFile.Reader<>(conf, in, place.partLength, codec(conf, args.get("codec")), null);
                DataInputBuffer key = new DataInputBuffer();
                DataInputBuffer value = new DataInputBuffer();
                while (reader.nextRawKey(key)) {
                    reader.nextRawValue(value);
                    records.addArray().add(encoded(key)).add(encoded(value));
                }
                reader.close();
            }
        }
        return segments;
    }

    private static String encoded(DataInputBuffer buffer) {
        byte[] bytes = java.util.Arrays.copyOfRange(buffer.getData(), buffer.getPosition(), buffer.getLength());
        return Base64.getEncoder().encodeToString(bytes);
    }
}
