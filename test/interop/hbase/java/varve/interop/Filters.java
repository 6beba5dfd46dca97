package varve.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.hbase.CompareOperator;
import org.apache.hadoop.hbase.filter.BinaryComparator;
import org.apache.hadoop.hbase.filter.ColumnPrefixFilter;
import org.apache.hadoop.hbase.filter.Filter;
import org.apache.hadoop.hbase.filter.FilterList;
import org.apache.hadoop.hbase.filter.FirstKeyOnlyFilter;
import org.apache.hadoop.hbase.filter.PageFilter;
import org.apache.hadoop.hbase.filter.PrefixFilter;
import org.apache.hadoop.hbase.filter.QualifierFilter;
import org.apache.hadoop.hbase.filter.RowFilter;
import org.apache.hadoop.hbase.filter.SingleColumnValueFilter;
import org.apache.hadoop.hbase.filter.SkipFilter;
import org.apache.hadoop.hbase.filter.TimestampsFilter;
import org.apache.hadoop.hbase.filter.ValueFilter;
import org.apache.hadoop.hbase.filter.WhileMatchFilter;

/** HBase's filters for our descriptions of them. */
final class Filters {
    private Filters() {}

    static Filter fromJson(JsonNode json) {
        switch (json.get("kind").asText()) {
            case "prefix": return new PrefixFilter(Cells.bytes(json.get("prefix")));
            case "row": return new RowFilter(operator(json), new BinaryComparator(Cells.bytes(json.get("row"))));
            case "page": return new PageFilter(json.get("rows").asLong());
            case "columnPrefix": return new ColumnPrefixFilter(Cells.bytes(json.get("prefix")));
            case "qualifier":
                return new QualifierFilter(operator(json), new BinaryComparator(Cells.bytes(json.get("qualifier"))));
            case "value": return new ValueFilter(operator(json), new BinaryComparator(Cells.bytes(json.get("value"))));
            case "columnValue": return columnValue(json);
            case "firstKeyOnly": return new FirstKeyOnlyFilter();
            case "timestamps": {
                List<Long> timestamps = new ArrayList<>();
                for (JsonNode one : json.get("timestamps")) timestamps.add(one.asLong());
                return new TimestampsFilter(timestamps);
            }
            case "skip": return new SkipFilter(fromJson(json.get("filter")));
            case "while": return new WhileMatchFilter(fromJson(json.get("filter")));
            case "all": return new FilterList(FilterList.Operator.MUST_PASS_ALL, list(json));
            case "any": return new FilterList(FilterList.Operator.MUST_PASS_ONE, list(json));
            default: throw new IllegalArgumentException("unknown filter " + json);
        }
    }

    private static Filter columnValue(JsonNode json) {
        SingleColumnValueFilter filter = new SingleColumnValueFilter(
            Cells.bytes(json.get("family")),
            Cells.bytes(json.get("qualifier")),
            operator(json),
            Cells.bytes(json.get("value")));
        filter.setFilterIfMissing(json.path("ifMissing").asText("include").equals("exclude"));
        return filter;
    }

    private static List<Filter> list(JsonNode json) {
        List<Filter> filters = new ArrayList<>();
        for (JsonNode one : json.get("filters")) filters.add(fromJson(one));
        return filters;
    }

    private static CompareOperator operator(JsonNode json) {
        switch (json.get("is").asText()) {
            case "<": return CompareOperator.LESS;
            case "<=": return CompareOperator.LESS_OR_EQUAL;
            case "=": return CompareOperator.EQUAL;
            case "!=": return CompareOperator.NOT_EQUAL;
            case ">=": return CompareOperator.GREATER_OR_EQUAL;
            default: return CompareOperator.GREATER;
        }
    }
}
