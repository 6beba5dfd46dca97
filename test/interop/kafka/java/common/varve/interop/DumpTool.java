package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;

/** Runs DumpLogSegments.main in this JVM and hands back all that it printed. */
final class DumpTool {
    private DumpTool() {}

    static JsonNode run(String command, JsonNode args) {
        String[] argv = Server.strings(args.get("argv"));
        return Server.capture(() -> {
            LogOpener.dumpLogSegments(argv);
            return null;
        });
    }
}
