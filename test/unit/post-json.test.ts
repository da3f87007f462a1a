import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { postJson } from '../../src/mesh/post-json.js';
import { authority, certificateFor } from '../support/certificates.js';

async function serve(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('posting JSON', () => {
  it('hands over headers, and back how long to wait', async () => {
    const url = await serve((request, response) => {
      response.writeHead(429, { 'retry-after': '7' }).end(JSON.stringify({ as: request.headers['authorization'] }));
    });
    expect(await postJson(url, {}, { authorization: 'me' })).toEqual({
      status: 429,
      answer: { as: 'me' },
      waitMs: 7_000,
    });
  });

  it('follows no redirect', async () => {
    let asked = 0;
    const url = await serve((_, response) => {
      asked++;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await postJson(url, {})).toEqual({ status: 307, answer: undefined });
    expect(asked).toBe(1);
  });

  it('reads no answer without an end', async () => {
    const url = await serve((_, response) => {
      const more = () => void response.write('x'.repeat(16_384), (error) => error || more());
      more();
    });
    await expect(postJson(url, {})).rejects.toThrow('too long');
  });

  it('does not wait for an answer of a service that goes over to another protocol', async () => {
    const url = await serve(({ socket }) => {
      socket.write('HTTP/1.1 101 Go\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n');
    });
    await expect(postJson(url, {})).rejects.toThrow('hung up');
  });

  it('checks the certificate, whatever the environment says', async () => {
    const server = createServer(await certificateFor('127.0.0.1', await authority()), (_, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    onTestFinished(() => {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
      server.close();
    });
    await expect(postJson(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`, {})).rejects.toThrow();
  });
});
