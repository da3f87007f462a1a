import { expect, it } from 'vitest';
import { withoutSecrets } from '../../src/layout/secrets.js';

const SECRET = 'canary-secret';
const http = (more: object) => ({ sources: { a: { method: 'http', url: 'https://192.0.2.2', ...more } } });

it.each([
  ['a token in the relay’s address', { connection: { url: `wss://192.0.2.1/?token=${SECRET}` } }],
  ['a room key by the name that our config has', { connection: { url: 'wss://192.0.2.1', roomKey: SECRET } }],
  ['a key in the address of a source', http({ url: `https://192.0.2.2/w?api_key=${SECRET}` })],
  ['the usual header of a token', http({ headers: { 'X-Auth-Token': SECRET } })],
  ['a client secret', http({ body: { client_secret: SECRET } })],
  ['a password called passwd', http({ passwd: SECRET })],
  ['a header as a list of pairs', http({ headers: [{ name: 'Authorization', value: `Bearer ${SECRET}` }] })],
  ['a bearer in a header of its own', http({ headers: { 'X-Gateway': `Bearer ${SECRET}` } })],
])('a layout that is put on phones says nothing of %s', (_what, layout) => {
  expect(JSON.stringify(withoutSecrets({ name: 'x', tabs: [], ...layout }))).not.toContain(SECRET);
});
