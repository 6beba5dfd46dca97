/**
 * A JVM with the tools for Apache Hadoop. A new tool is a class under java/ with a static
 * `run(command, args)` and a line in `tools`.
 */
import { InteropJvm } from '../jvm.ts';
import { hadoopJars } from './jars.ts';

export { JavaError } from '../jvm.ts';

const tools = {
  tool: 'PrintingTool',
  hdfs: 'HdfsTool',
  files: 'JobFilesTool',
  job: 'LocalJobTool',
  streaming: 'StreamingTool',
};

/** What a program of Apache's with a `main` printed. */
export interface Printed {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Stack trace of what it threw. */
  readonly exception: string | null;
}

export class HadoopJvm extends InteropJvm {
  static async start(): Promise<HadoopJvm> {
    return new HadoopJvm({ ...(await hadoopJars()), tools });
  }

  /** Runs a class that implements Hadoop's `Tool`, with `-D` settings, inside this JVM. */
  tool(
    className: string,
    argv: readonly string[],
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Printed> {
    return this.request<Printed>('tool.run', { class: className, argv, settings });
  }
}
