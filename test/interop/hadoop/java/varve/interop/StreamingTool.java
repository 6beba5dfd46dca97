package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.DataOutputBuffer;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapred.Counters;
import org.apache.hadoop.mapreduce.lib.partition.KeyFieldBasedComparator;
import org.apache.hadoop.mapreduce.lib.partition.KeyFieldBasedPartitioner;
import org.apache.hadoop.streaming.StreamJob;
import org.apache.hadoop.util.ToolRunner;

/** Apache's Hadoop Streaming under the local runner. */
final class StreamingTool {
    private StreamingTool() {}

    static JsonNode run(String command, JsonNode args) throws Exception {
        return command.equals("streaming.keyFields") ? keyFields(args) : job(args);
    }

    /** {argv, settings}: status and output of the command, and counters by group and name. */
    private static JsonNode job(JsonNode args) throws Exception {
        Configuration conf = new Configuration();
        conf.set("fs.defaultFS", "file:///");
        conf.set("mapreduce.framework.name", "local");
        PrintingTool.apply(args.get("settings"), conf);
        Observed job = new Observed();
        ObjectNode result = Server.capture(() -> ToolRunner.run(conf, job, Server.strings(args.get("argv"))));
        ObjectNode counters = result.putObject("counters");
        Counters counted = job.counters();
        if (counted == null) return result;
        for (Counters.Group group : counted) {
            ObjectNode ofGroup = counters.putObject(group.getName());
            for (Counters.Counter counter : group) ofGroup.put(counter.getName(), counter.getValue());
        }
        return result;
    }

    /** {settings, keys, partitions}: partition of each key, and how it sorts against the next. */
    private static JsonNode keyFields(JsonNode args) throws IOException {
        Configuration conf = new Configuration(false);
        PrintingTool.apply(args.get("settings"), conf);
        KeyFieldBasedComparator<Text, Text> comparator = new KeyFieldBasedComparator<>();
        comparator.setConf(conf);
        KeyFieldBasedPartitioner<Text, Text> partitioner = new KeyFieldBasedPartitioner<>();
        partitioner.setConf(conf);
        ObjectNode result = Server.JSON.createObjectNode();
        ArrayNode partitions = result.putArray("partitions");
        ArrayNode orders = result.putArray("orders");
        DataOutputBuffer before = null;
        for (String key : Server.strings(args.get("keys"))) {
            Text text = new Text(key);
            partitions.add(partitioner.getPartition(text, text, args.get("partitions").asInt()));
            DataOutputBuffer bytes = new DataOutputBuffer();
            text.write(bytes);
            if (before != null) {
                orders.add(Integer.signum(comparator.compare(
                        before.getData(), 0, before.getLength(), bytes.getData(), 0, bytes.getLength())));
            }
            before = bytes;
        }
        return result;
    }

    private static final class Observed extends StreamJob {
        Counters counters() throws IOException {
            return running_ == null ? null : running_.getCounters();
        }
    }
}
