/** A JVM with the tools for Apache Kafka: reading files, driving its log, clients of a broker. */
import { InteropJvm } from '../jvm.ts';
import { kafkaJars, type KafkaJars, type KafkaVersion } from './jars.ts';

export { JavaError } from '../jvm.ts';

const tools = { dump: 'DumpTool', records: 'RecordsTool', log: 'LogTool', probe: 'Probe' };

export class KafkaJvm extends InteropJvm {
  readonly version: KafkaVersion;
  readonly jars: KafkaJars;

  private constructor(jars: KafkaJars) {
    super({ ...jars, tools });
    this.version = jars.version;
    this.jars = jars;
  }

  static async start(version: KafkaVersion): Promise<KafkaJvm> {
    return new KafkaJvm(await kafkaJars(version));
  }
}
