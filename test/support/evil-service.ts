import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** What a service does with a connection over which a whole request has come. */
export type Retort = (socket: Socket, asked: string) => void;

/** An HTTP service on 127.0.0.1 in the wrong hands: what it says is any bytes, whatever it was asked. */
export class EvilService {
  /** The requests that came, each as it came. */
  readonly asked: string[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly scheme: string,
  ) {}

  /** With a certificate it speaks TLS. */
  static async start(retort: Retort, tls?: TlsOptions): Promise<EvilService> {
    const server = tls ? createTlsServer(tls) : createServer();
    const service = new EvilService(server, tls ? 'https' : 'http');
    server.on('connection', (socket: Socket) => {
      service.sockets.add(socket);
      socket.on('error', () => {}); // the close that follows tells
      socket.on('close', () => service.sockets.delete(socket));
    });
    server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => service.serve(socket, retort));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return service;
  }

  get url(): string {
    return `${this.scheme}://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket, retort: Retort): void {
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const [head = '', body] = text.split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (body === undefined || body.length < length) return;
      this.asked.push(text);
      text = '';
      retort(socket, head);
    });
  }
}

/** An answer as it goes over the wire. */
export function answer(status: string, body = '{"sent":1}', ...headers: string[]): string {
  const lines = [`HTTP/1.1 ${status}`, `content-length: ${Buffer.byteLength(body)}`, ...headers];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
