package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.util.ReflectionUtils;
import org.apache.hadoop.util.Tool;
import org.apache.hadoop.util.ToolRunner;

/** Any of Apache's command line tools, run in this JVM: `hdfs debug`, `hadoop fs`, and others. */
final class PrintingTool {
    private PrintingTool() {}

    static JsonNode run(String command, JsonNode args) throws Exception {
        Configuration conf = configuration(args.get("settings"));
        Class<?> type = Class.forName(args.get("class").asText());
        String[] argv = Server.strings(args.get("argv"));
        return Server.capture(() -> ToolRunner.run(conf, (Tool) instance(type, conf), argv));
    }

    private static Object instance(Class<?> type, Configuration conf) throws Exception {
        try {
            type.getDeclaredConstructor(Configuration.class);
        } catch (NoSuchMethodException none) {
            return ReflectionUtils.newInstance(type, conf);
        }
        var made = type.getDeclaredConstructor(Configuration.class);
        made.setAccessible(true);
        return made.newInstance(conf);
    }

    static Configuration configuration(JsonNode settings) {
        Configuration conf = new HdfsConfiguration();
        apply(settings, conf);
        return conf;
    }

    static void apply(JsonNode settings, Configuration conf) {
        if (settings == null) return;
        settings.fields().forEachRemaining(one -> conf.set(one.getKey(), one.getValue().asText()));
    }
}
