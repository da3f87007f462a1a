import { request } from 'node:http';

/** What a server answered. */
export interface Scraped {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** Asks a server over HTTP, with any method and headers. */
export function scrape(url: string, { method = 'GET', headers = {} } = {}): Promise<Scraped> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, agent: false, timeout: 5_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers } = response;
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks).toString() });
      });
    });
    asking.on('error', reject);
    asking.on('timeout', () => asking.destroy(new Error('no answer')));
    asking.end();
  });
}

/** The samples of a scrape in the text format of Prometheus by their name and labels; throws at a line that is none. */
export function samplesOf(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const told = new Map<string, string>();
  for (const line of text.trimEnd().split('\n')) {
    const [, what = '', name = ''] = /^# (HELP|TYPE) ([a-z_]+) \S.*$/.exec(line) ?? [];
    if (what !== '') {
      if (told.get(name) === what) throw new Error(`twice: ${line}`);
      told.set(name, what);
      continue;
    }
    const sample = /^(([a-z_]+)(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\})?) (-?[0-9.e+-]+|NaN|[+-]Inf)$/.exec(
      line,
    );
    if (!sample || told.get(sample[2] ?? '') !== 'TYPE') throw new Error(`no sample: ${line}`);
    if (samples.has(sample[1] ?? '')) throw new Error(`twice: ${line}`);
    samples.set(sample[1] ?? '', Number(sample[3]));
  }
  return samples;
}
