/** A JVM with the tools for Apache HBase: its readers, writers and printers of files and logs. */
import { InteropJvm } from '../jvm.ts';
import { hbaseJars } from './jars.ts';

export { JavaError } from '../jvm.ts';

const tools = {
  hfile: 'HFileTool',
  wal: 'WalTool',
  cluster: 'ClusterTool',
  region: 'RegionTool',
};

/** What a program of Apache's with a `main` printed. */
export interface Printed {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Stack trace of what it threw. */
  readonly exception: string | null;
}

export class HBaseJvm extends InteropJvm {
  static async start(): Promise<HBaseJvm> {
    return new HBaseJvm({ ...(await hbaseJars()), tools });
  }
}
