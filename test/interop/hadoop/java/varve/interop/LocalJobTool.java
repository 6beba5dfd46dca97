package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.StringTokenizer;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapred.Counters;
import org.apache.hadoop.mapred.FileInputFormat;
import org.apache.hadoop.mapred.FileOutputFormat;
import org.apache.hadoop.mapred.JobClient;
import org.apache.hadoop.mapred.JobConf;
import org.apache.hadoop.mapred.MapReduceBase;
import org.apache.hadoop.mapred.Mapper;
import org.apache.hadoop.mapred.OutputCollector;
import org.apache.hadoop.mapred.Reporter;
import org.apache.hadoop.mapred.RunningJob;
import org.apache.hadoop.mapred.lib.LongSumReducer;

/** A word count under Hadoop's local runner; jobs of programs are StreamingTool's. */
final class LocalJobTool {
    private LocalJobTool() {}

    /** {work, input, output, reducers, settings} */
    static JsonNode run(String command, JsonNode args) throws Exception {
        JobConf job = new JobConf(LocalJobTool.class);
        job.set("fs.defaultFS", "file:///");
        job.set("mapreduce.framework.name", "local");
        job.set("hadoop.tmp.dir", args.get("work").asText());
        PrintingTool.apply(args.get("settings"), job);
        FileInputFormat.setInputPaths(job, args.get("input").asText());
        FileOutputFormat.setOutputPath(job, new Path(args.get("output").asText()));
        job.setNumReduceTasks(args.get("reducers").asInt());
        job.setOutputKeyClass(Text.class);
        job.setOutputValueClass(LongWritable.class);
        job.setMapperClass(Words.class);
        job.setCombinerClass(LongSumReducer.class);
        job.setReducerClass(LongSumReducer.class);
        long started = System.currentTimeMillis();
        RunningJob done = JobClient.runJob(job);
        ObjectNode result = Server.JSON.createObjectNode();
        result.put("milliseconds", System.currentTimeMillis() - started);
        ObjectNode counters = result.putObject("counters");
        for (Counters.Group group : done.getCounters()) {
            for (Counters.Counter counter : group) counters.put(counter.getName(), counter.getValue());
        }
        return result;
    }

    public static final class Words extends MapReduceBase implements Mapper<LongWritable, Text, Text, LongWritable> {
        private static final LongWritable ONE = new LongWritable(1);
        private final Text word = new Text();

        @Override
        public void map(LongWritable key, Text line, OutputCollector<Text, LongWritable> out, Reporter reporter)
                throws IOException {
            StringTokenizer words = new StringTokenizer(line.toString());
            while (words.hasMoreTokens()) {
                word.set(words.nextToken());
                out.collect(word, ONE);
            }
        }
    }
}
