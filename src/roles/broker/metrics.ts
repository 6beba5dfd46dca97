/** What a broker counts about itself, and the text that Prometheus reads. */

/** One number with labels, as it is now. */
export interface Sample {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

export class RequestCount {
  count = 0;
  errors = 0;
  milliseconds = 0;
}

export class Metrics {
  readonly requests: Map<string, RequestCount> = new Map();
  bytesIn = 0;
  bytesOut = 0;
  producedBytes = 0;
  producedBatches = 0;
  fetchedBytes = 0;
  connectionsOpened = 0;
  connectionsRefused = 0;
  malformedFrames = 0;
  slowClientsClosed = 0;
  failedAuthentications = 0;
  openConnections = 0;

  of(api: string): RequestCount {
    let found = this.requests.get(api);
    if (found === undefined) {
      found = new RequestCount();
      this.requests.set(api, found);
    }
    return found;
  }

  /** The totals; what belongs to topics and groups is added by who knows them. */
  samples(): Sample[] {
    const counter = (name: string, help: string, value: number): Sample => {
      return { name: `varve_kafka_${name}`, help, type: 'counter', value };
    };
    return [
      counter('received_bytes_total', 'Bytes read from clients', this.bytesIn),
      counter('sent_bytes_total', 'Bytes written to clients', this.bytesOut),
      counter('produced_bytes_total', 'Bytes of batches appended', this.producedBytes),
      counter('produced_batches_total', 'Batches appended', this.producedBatches),
      counter('fetched_bytes_total', 'Bytes of batches handed out', this.fetchedBytes),
      counter('connections_total', 'Connections accepted', this.connectionsOpened),
      counter('connections_refused_total', 'Connections over a limit', this.connectionsRefused),
      counter('malformed_total', 'Frames that could not be read', this.malformedFrames),
      counter('slow_clients_closed_total', 'Clients cut off', this.slowClientsClosed),
      counter('failed_authentications_total', 'Logins refused', this.failedAuthentications),
      {
        name: 'varve_kafka_connections',
        help: 'Connections open now',
        type: 'gauge',
        value: this.openConnections,
      },
      ...[...this.requests].flatMap(([api, { count, milliseconds }]) => [
        { ...counter('requests_total', 'Requests answered', count), labels: { api } },
        {
          ...counter('request_milliseconds_total', 'Time until the answer', milliseconds),
          labels: { api },
        },
      ]),
    ];
  }
}

/** Prometheus' text format, version 0.0.4. */
export function prometheusText(samples: readonly Sample[]): string {
  const byName = new Map<string, Sample[]>();
  for (const sample of samples) {
    const group = byName.get(sample.name);
    if (group === undefined) byName.set(sample.name, [sample]);
    else group.push(sample);
  }
  const lines: string[] = [];
  for (const [name, group] of byName) {
    lines.push(`# HELP ${name} ${group[0]!.help}`, `# TYPE ${name} ${group[0]!.type}`);
    for (const { labels = {}, value } of group) {
      const inner = Object.entries(labels).map(([key, text]) => `${key}="${escape(text)}"`);
      lines.push(`${name}${inner.length > 0 ? `{${inner.join(',')}}` : ''} ${value}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
