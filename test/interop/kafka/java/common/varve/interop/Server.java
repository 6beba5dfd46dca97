package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/**
 * One long-lived JVM that answers requests of the interop tests: a JSON object per line on standard
 * input, a JSON object per line on standard output, in order. Starting a JVM costs a second or more,
 * a request a few milliseconds.
 *
 * System.out and System.err are replaced before any Kafka class loads, so that what Apache's tools
 * print can be captured per request; the protocol keeps the original standard output to itself.
 */
public final class Server {
    static final ObjectMapper JSON = new ObjectMapper();

    private Server() {}

    public static void main(String[] args) throws Exception {
        PrintStream protocol = System.out;
        Redirect out = new Redirect(System.err);
        Redirect err = new Redirect(System.err);
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));

        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            ObjectNode answer = JSON.createObjectNode();
            try {
                JsonNode request = JSON.readTree(line);
                answer.set("id", request.get("id"));
                answer.set("result", dispatch(request.get("command").asText(), request.get("args"), out, err));
            } catch (Throwable failure) {
                answer.put("error", failure.getClass().getName());
                answer.put("message", String.valueOf(failure.getMessage()));
                StringWriter trace = new StringWriter();
                failure.printStackTrace(new PrintWriter(trace));
                answer.put("trace", trace.toString());
            }
            protocol.write((JSON.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8));
            protocol.flush();
        }
        // Standard input closed: the owner is gone. Client threads must not keep the JVM alive.
        Runtime.getRuntime().halt(0);
    }

    private static JsonNode dispatch(String command, JsonNode args, Redirect out, Redirect err) throws Exception {
        switch (command.substring(0, command.indexOf('.'))) {
            case "dump":
                return dump(args, out, err);
            case "records":
                return RecordsTool.run(command, args);
            case "log":
                return LogTool.run(command, args);
            case "probe":
                return Probe.run(command, args);
            default:
                throw new IllegalArgumentException("unknown command " + command);
        }
    }

    /** Runs DumpLogSegments.main in this JVM and hands back all that it printed. */
    private static JsonNode dump(JsonNode args, Redirect out, Redirect err) {
        String[] argv = new String[args.get("argv").size()];
        for (int i = 0; i < argv.length; i++) argv[i] = args.get("argv").get(i).asText();
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        String thrown = null;
        out.target = stdout;
        err.target = stderr;
        try {
            LogOpener.dumpLogSegments(argv);
        } catch (Throwable failure) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            thrown = trace.toString();
        } finally {
            System.out.flush();
            System.err.flush();
            out.target = out.home;
            err.target = err.home;
        }
        ObjectNode result = JSON.createObjectNode();
        result.put("stdout", stdout.toString(StandardCharsets.UTF_8));
        result.put("stderr", stderr.toString(StandardCharsets.UTF_8));
        result.put("exception", thrown);
        return result;
    }

    /** An output stream whose destination can be changed while others hold on to it. */
    private static final class Redirect extends OutputStream {
        final OutputStream home;
        volatile OutputStream target;

        Redirect(OutputStream home) {
            this.home = home;
            this.target = home;
        }

        @Override
        public void write(int b) throws java.io.IOException {
            target.write(b);
        }

        @Override
        public void write(byte[] bytes, int start, int length) throws java.io.IOException {
            target.write(bytes, start, length);
        }

        @Override
        public void flush() throws java.io.IOException {
            target.flush();
        }
    }
}
