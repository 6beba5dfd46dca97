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
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * One long-lived JVM that answers requests of the interop tests: a JSON object per line on standard
 * input, a JSON object per line on standard output, in order. Starting a JVM costs a second or more,
 * a request a few milliseconds.
 *
 * Arguments are the tools it offers, as prefix=class: a command "records.read" goes to the static
 * method run(String command, JsonNode args) of the class given for "records".
 *
 * System.out and System.err are replaced before any class of Apache's loads, so that what their tools
 * print can be captured per request; the protocol keeps the original standard output to itself.
 */
public final class Server {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Redirect OUT = new Redirect(System.err);
    private static final Redirect ERR = new Redirect(System.err);

    private Server() {}

    public static void main(String[] tools) throws Exception {
        PrintStream protocol = System.out;
        System.setOut(new PrintStream(OUT, true, "UTF-8"));
        System.setErr(new PrintStream(ERR, true, "UTF-8"));
        Map<String, Method> commands = new HashMap<>();
        for (String tool : tools) {
            String[] parts = tool.split("=", 2);
            Method run = Class.forName(parts[1]).getDeclaredMethod("run", String.class, JsonNode.class);
            run.setAccessible(true);
            commands.put(parts[0], run);
        }

        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            ObjectNode answer = JSON.createObjectNode();
            try {
                JsonNode request = JSON.readTree(line);
                answer.set("id", request.get("id"));
                answer.set("result", dispatch(commands, request));
            } catch (Throwable failure) {
                answer.put("error", failure.getClass().getName());
                answer.put("message", String.valueOf(failure.getMessage()));
                answer.put("trace", traceOf(failure));
            }
            protocol.write((JSON.writeValueAsString(answer) + "\n").getBytes(StandardCharsets.UTF_8));
            protocol.flush();
        }
        // Standard input closed: the owner is gone. Client threads must not keep the JVM alive.
        Runtime.getRuntime().halt(0);
    }

    private static JsonNode dispatch(Map<String, Method> commands, JsonNode request) throws Throwable {
        String command = request.get("command").asText();
        Method run = commands.get(command.substring(0, command.indexOf('.')));
        if (run == null) throw new IllegalArgumentException("unknown command " + command);
        try {
            return (JsonNode) run.invoke(null, command, request.get("args"));
        } catch (InvocationTargetException wrapped) {
            throw wrapped.getCause();
        }
    }

    /** Runs a tool that prints, and hands back all that it printed and threw. */
    static ObjectNode capture(Callable<Integer> tool) {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        ObjectNode result = JSON.createObjectNode();
        result.putNull("status");
        result.putNull("exception");
        OUT.target = stdout;
        ERR.target = stderr;
        try {
            Integer status = tool.call();
            if (status != null) result.put("status", status);
        } catch (Throwable failure) {
            result.put("exception", traceOf(failure));
        } finally {
            System.out.flush();
            System.err.flush();
            OUT.target = OUT.home;
            ERR.target = ERR.home;
        }
        result.put("stdout", new String(stdout.toByteArray(), StandardCharsets.UTF_8));
        result.put("stderr", new String(stderr.toByteArray(), StandardCharsets.UTF_8));
        return result;
    }

    /** The strings of a JSON array, as arguments of a main method. */
    static String[] strings(JsonNode array) {
        String[] argv = new String[array.size()];
        for (int i = 0; i < argv.length; i++) argv[i] = array.get(i).asText();
        return argv;
    }

    private static String traceOf(Throwable failure) {
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        return trace.toString();
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
