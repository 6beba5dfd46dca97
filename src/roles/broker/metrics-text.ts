/** All numbers of a broker: its totals, and those of each topic. */
import type { Broker } from './broker.ts';
import { prometheusText, type Sample } from './metrics.ts';

export function metricsText(broker: Broker): string {
  const ofPartitions: Sample[] = broker.topics.all().flatMap(({ name, partitions }) =>
    partitions.flatMap(({ index, log }) => {
      const labels = { topic: name, partition: String(index) };
      const gauge = (metric: string, help: string, value: number): Sample => {
        return { name: `varve_kafka_partition_${metric}`, help, type: 'gauge', labels, value };
      };
      return [
        gauge('log_start_offset', 'Oldest offset kept', log.logStartOffset),
        gauge('log_end_offset', 'Offset of the next record', log.logEndOffset),
        gauge('size_bytes', 'Bytes of batches on disk', log.sizeBytes),
      ];
    }),
  );
  return prometheusText([...broker.metrics.samples(), ...ofPartitions]);
}
