import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

/** Where a web server listens, and to how many. */
export interface HttpServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** At a time; further ones are hung up on. */
  readonly connections: number;
  /** Encrypts with this certificate. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

const HEADER_BYTES = 8 * 1024;
const REQUEST_MS = 5_000;

/** A web server that listens, and hangs up on those who take longer than 5 s to ask; rejects with the error of the system. */
export function listenHttp({ host, port, connections, tls }: HttpServerOptions): Promise<Server> {
  const limits = {
    maxHeaderSize: HEADER_BYTES,
    headersTimeout: REQUEST_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: 1_000,
  };
  // Said aloud, as an option of Node in the environment could otherwise take older ones.
  const secure = { ...tls, handshakeTimeout: REQUEST_MS, minVersion: 'TLSv1.2' } as const;
  const server = tls ? createSecureServer({ ...limits, ...secure }) : createServer(limits);
  server.maxConnections = connections;
  // Node would answer these by itself, past all that requests are held against, and keep the connection.
  for (const expecting of ['checkContinue', 'checkExpectation']) {
    server.on(expecting, (request, response) => server.emit('request', request, response));
  }
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}
