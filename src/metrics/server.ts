import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.js';
import { BridgeError, describeError } from '../error.js';
import { hasBody } from '../http/body.js';
import { isFromElsewhere } from '../http/elsewhere.js';
import { guardHeaders } from '../http/headers.js';
import { hostsOf, inUrl, notFor } from '../http/hosts.js';
import { listenHttp } from '../http/listen.js';
import { listenFailure } from '../http/listen-failure.js';
import { Strangers } from '../http/strangers.js';
import type { Log } from '../log.js';
import { RateWindow } from '../relay/limits.js';
import { Senders } from '../senders.js';
import { type BridgeStatus, reasonsOf } from '../status.js';
import { type BridgeCounts, bridgeMetrics } from './bridge-metrics.js';
import { EXPOSITION_TYPE, expose } from './exposition.js';
import { statusPage } from './page.js';
import { ProcessLoad } from './process-load.js';

/** What the server of the metrics is built from. */
export interface MetricsParts {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** This machine's name, under which others may ask. */
  readonly hostname: string;
  status(): BridgeStatus;
  readonly counts: BridgeCounts;
  readonly clock: Clock;
  readonly log: Log;
}

const CONNECTIONS = 16;
/** Of one address. */
const REQUESTS_PER_SECOND = 40;
/** Addresses that each have as many; all others together have as many again. */
const ADDRESSES = 2;
const TEXT = 'text/plain; charset=utf-8';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Tells monitoring (`/metrics`, `/health`) and people (`/`) how the bridge is doing. Nothing can be changed there. */
export class MetricsServer {
  private readonly load = new ProcessLoad();
  private readonly rates: Senders<RateWindow>;
  private server: Server | undefined;

  constructor(private readonly parts: MetricsParts) {
    this.rates = new Senders(parts.clock, ADDRESSES, () => new RateWindow(REQUESTS_PER_SECOND, parts.clock));
  }

  /** Begins to listen; throws `metrics/listen`. */
  async start(): Promise<void> {
    const { host, port } = this.parts;
    try {
      this.server = await this.listen();
      this.load.start();
    } catch (cause) {
      const { message, hint } = listenFailure({ host, port }, cause, 'metrics.host and metrics.port');
      throw new BridgeError('metrics/listen', message, { hint, cause });
    }
  }

  /** Where it is; undefined while it is not open. */
  get url(): string | undefined {
    const address = this.server?.address() as AddressInfo | null | undefined;
    return address ? `http://${inUrl(address.address)}:${address.port}` : undefined;
  }

  /** Hangs up on everybody and frees the port. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    this.load.stop();
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  private async listen(): Promise<Server> {
    const { host, port, hostname, log } = this.parts;
    const server = await listenHttp({ host, port, connections: CONNECTIONS });
    // Nobody is known here: of many connections the oldest go, so that those who say nothing keep no one out.
    const strangers = new Strangers(CONNECTIONS / 2);
    server.on('connection', (socket) => strangers.add(socket));
    server.on('error', (error) => log.warn({}, `metrics: ${describeError(error)}`));
    const hosts = hostsOf(host, (server.address() as AddressInfo).port, hostname);
    server.on('request', (request, response) => this.serve(request, response, hosts));
    return server;
  }

  private serve(request: IncomingMessage, response: ServerResponse, hosts: ReadonlySet<string>): void {
    const { headers, method } = request;
    const { status, type, body } = this.answerTo(request, hosts);
    // Only those who ask for numbers again and again keep their connection.
    const bye = status === 200 ? {} : { connection: 'close' };
    response.writeHead(status, { ...guardHeaders(headers.host ?? '', 'http'), 'content-type': type, ...bye });
    response.end(method === 'HEAD' ? undefined : body);
  }

  private answerTo(request: IncomingMessage, hosts: ReadonlySet<string>): Answer {
    const { method, url = '/', headers } = request;
    const foreign = notFor(request, hosts);
    if (foreign) return refusal(...foreign);
    // Before it counts: else any page in a browser here could keep monitoring out.
    if (isFromElsewhere(headers)) return refusal(403, 'Not for other sites.');
    const rate = this.rates.of(request.socket.remoteAddress ?? '');
    if (!rate.take()) return refusal(429, 'Too many requests.');
    if (hasBody(headers)) return refusal(413, 'Nothing is taken here.');
    if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'Only GET.');
    const [path] = url.split('?');
    const status = this.parts.status();
    if (path === '/metrics') {
      const metrics = [...bridgeMetrics(status, this.parts.counts), ...this.load.metrics()];
      return { status: 200, type: EXPOSITION_TYPE, body: expose(metrics) };
    }
    if (path === '/health') return healthAnswer(status);
    if (path === '/') return { status: 200, type: 'text/html; charset=utf-8', body: statusPage(status) };
    return refusal(404, 'Not found.');
  }
}

/** 200 where everything is online, otherwise 503 and why not. */
function healthAnswer(status: BridgeStatus): Answer {
  const reasons = reasonsOf(status);
  const body = `${JSON.stringify({ ok: reasons.length === 0, reasons, ...status })}\n`;
  return { status: reasons.length === 0 ? 200 : 503, type: 'application/json', body };
}

function refusal(status: number, said: string): Answer {
  return { status, type: TEXT, body: `${said}\n` };
}
