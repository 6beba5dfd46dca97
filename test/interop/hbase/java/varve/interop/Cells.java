package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellBuilderType;
import org.apache.hadoop.hbase.CellUtil;
import org.apache.hadoop.hbase.ExtendedCell;
import org.apache.hadoop.hbase.ExtendedCellBuilderFactory;
import org.apache.hadoop.hbase.PrivateCellUtil;

/** Cells as JSON arrays: row, family, qualifier, timestamp, type, value, tags, sequence id. */
final class Cells {
    private Cells() {}

    static ArrayNode toJson(Cell cell) {
        ArrayNode json = Server.JSON.createArrayNode();
        json.add(text(CellUtil.cloneRow(cell)));
        json.add(text(CellUtil.cloneFamily(cell)));
        json.add(text(CellUtil.cloneQualifier(cell)));
        json.add(Long.toString(cell.getTimestamp()));
        json.add(cell.getTypeByte() & 0xff);
        json.add(text(CellUtil.cloneValue(cell)));
        json.add(text(PrivateCellUtil.cloneTags(cell)));
        json.add(cell.getSequenceId());
        return json;
    }

    static ExtendedCell fromJson(JsonNode json) {
        return ExtendedCellBuilderFactory.create(CellBuilderType.DEEP_COPY)
            .setRow(bytes(json.get(0)))
            .setFamily(bytes(json.get(1)))
            .setQualifier(bytes(json.get(2)))
            .setTimestamp(Long.parseLong(json.get(3).asText()))
            .setType((byte) json.get(4).asInt())
            .setValue(bytes(json.get(5)))
            .setTags(bytes(json.get(6)))
            .setSequenceId(json.get(7).asLong())
            .build();
    }

    static byte[] bytes(JsonNode text) {
        return text.asText().getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
