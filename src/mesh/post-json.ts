import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { JsonObject } from './frame.js';

/** What a service answered. */
export interface PostAnswer {
  readonly status: number;
  /** Undefined where it was no JSON: an error page is no answer, its status tells enough. */
  readonly answer: unknown;
  /** How long it asks us to wait before the next time, in ms. */
  readonly waitMs?: number;
}

/** Bytes of the longest answer that is read. */
const MAX_ANSWER = 64 * 1024;
const ANSWER_MS = 10_000;

/**
 * Posts JSON by HTTP. Follows no redirect, as that would carry a secret elsewhere. Rejects where there is no whole
 * answer within 10 s, or a longer one than 64 KiB, or where a certificate does not hold.
 */
export function postJson(url: string, body: JsonObject, headers: Record<string, string> = {}): Promise<PostAnswer> {
  const text = JSON.stringify(body);
  const post = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      agent: false,
      signal: AbortSignal.timeout(ANSWER_MS),
      // Said aloud, as a variable of the environment could otherwise switch it off.
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2' as const,
    };
    const call = post(url, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MAX_ANSWER) call.destroy(new Error('the answer is too long'));
      });
      response.on('error', reject);
      response.on('end', () => {
        const waitMs = secondsOf(response.headers['retry-after']);
        const answer = parsed(Buffer.concat(chunks).toString('utf8'));
        resolve({ status: response.statusCode ?? 0, answer, ...(waitMs !== undefined && { waitMs }) });
      });
    });
    call.on('error', reject);
    // The last word in any case, also where an answer was something else than an answer.
    call.on('close', () => reject(new Error('the service hung up')));
    call.end(text);
  });
}

/** Services may give a date, too; without a clock to hold it against that says nothing. */
function secondsOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
