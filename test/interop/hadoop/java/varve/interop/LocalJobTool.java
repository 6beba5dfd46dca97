package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
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
import org.apache.hadoop.mapred.Reducer;
import org.apache.hadoop.mapred.Reporter;
import org.apache.hadoop.mapred.RunningJob;
import org.apache.hadoop.mapred.lib.LongSumReducer;

/**
 * Jobs under Hadoop's local runner. Its input, sort, spill, merge, group, output and commit are
 * Hadoop's; what a streaming job adds, lines to a program and back, is written here by the contract
 * of Hadoop Streaming, whose jar is not among those the tests have.
 */
final class LocalJobTool {
    private LocalJobTool() {}

    /** {kind: wordcount|pipe, input, output, reducers, mapper, reducer, combiner, settings} */
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
        if (args.get("kind").asText().equals("wordcount")) {
            job.setOutputValueClass(LongWritable.class);
            job.setMapperClass(Words.class);
            job.setCombinerClass(LongSumReducer.class);
            job.setReducerClass(LongSumReducer.class);
        } else {
            job.setOutputValueClass(Text.class);
            job.set("pipe.mapper", args.get("mapper").asText());
            job.set("pipe.reducer", args.get("reducer").asText());
            job.setMapperClass(PipeMapper.class);
            job.setReducerClass(PipeReducer.class);
        }
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

    /** A program: lines in, lines cut at the first tab out. */
    private static final class Pipe {
        private final Process process;
        private final OutputStream in;
        private final Thread reader;
        private IOException failure;
        private OutputCollector<Text, Text> out;
        private final List<Text[]> early = new ArrayList<>();

        Pipe(String command) throws IOException {
            process = new ProcessBuilder(command.split(" ")).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            in = new BufferedOutputStream(process.getOutputStream(), 1 << 16);
            reader = new Thread(this::read);
            reader.start();
        }

        private void read() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    int tab = line.indexOf('\t');
                    Text key = new Text(tab < 0 ? line : line.substring(0, tab));
                    Text value = new Text(tab < 0 ? "" : line.substring(tab + 1));
                    synchronized (early) {
                        if (out == null) early.add(new Text[] {key, value});
                        else out.collect(key, value);
                    }
                }
            } catch (IOException thrown) {
                failure = thrown;
            }
        }

        void begin(OutputCollector<Text, Text> collector) throws IOException {
            synchronized (early) {
                out = collector;
                for (Text[] pair : early) out.collect(pair[0], pair[1]);
                early.clear();
            }
        }

        void write(Text... parts) throws IOException {
            for (int i = 0; i < parts.length; i++) {
                if (i > 0) in.write('\t');
                in.write(parts[i].getBytes(), 0, parts[i].getLength());
            }
            in.write('\n');
        }

        void close() throws IOException {
            in.close();
            try {
                reader.join();
                int status = process.waitFor();
                if (status != 0) throw new IOException("subprocess failed with code " + status);
            } catch (InterruptedException interrupted) {
                throw new IOException(interrupted);
            }
            if (failure != null) throw failure;
        }
    }

    public static final class PipeMapper extends MapReduceBase implements Mapper<LongWritable, Text, Text, Text> {
        private Pipe pipe;

        @Override
        public void configure(JobConf job) {
            pipe = start(job.get("pipe.mapper"));
        }

        @Override
        public void map(LongWritable key, Text line, OutputCollector<Text, Text> out, Reporter reporter)
                throws IOException {
            pipe.begin(out);
            pipe.write(line);
        }

        @Override
        public void close() throws IOException {
            pipe.close();
        }
    }

    public static final class PipeReducer extends MapReduceBase implements Reducer<Text, Text, Text, Text> {
        private Pipe pipe;

        @Override
        public void configure(JobConf job) {
            pipe = start(job.get("pipe.reducer"));
        }

        @Override
        public void reduce(Text key, Iterator<Text> values, OutputCollector<Text, Text> out, Reporter reporter)
                throws IOException {
            pipe.begin(out);
            while (values.hasNext()) pipe.write(key, values.next());
        }

        @Override
        public void close() throws IOException {
            pipe.close();
        }
    }

    private static Pipe start(String command) {
        try {
            return new Pipe(command);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
