import { expect, it } from 'vitest';
import { qrLines } from '../../src/cli/qr-lines.js';
import { pairingOf } from '../../src/pairing.js';
import { qrSquares } from '../../src/qr.js';
import { readIdentity } from '../../src/relay/identity.js';

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

it('tells a phone where to go, what to show there, and a role that may broadcast', () => {
  const pairing = pairingOf({ url: 'ws://192.168.1.7:8765', channel: 'home', token: 'secret', roomKey: KEY });
  if (!pairing.ok) throw new Error(pairing.message);
  const data = JSON.parse(pairing.text);
  expect(data).toEqual({ url: 'ws://192.168.1.7:8765', channel: 'home', role: 'mobile', token: 'secret', k: KEY });
  expect(readIdentity({ name: 'phone', ...data }, 'x')?.rights).toMatchObject({ broadcast: true, route: true });
});

it('leaves out what there is not', () => {
  const pairing = pairingOf({ url: 'ws://192.168.1.7:8765', channel: 'home', token: undefined, roomKey: undefined });
  expect(pairing).toMatchObject({ text: '{"url":"ws://192.168.1.7:8765","channel":"home","role":"mobile"}' });
});

it.each([true, false])('draws the code for a terminal, square by square (colours: %s)', (colour) => {
  const text = '{"url":"ws://192.168.1.7:8765","channel":"home","role":"mobile"}';
  const squares = qrSquares(text);
  const plain = qrLines(text, colour).map((line) => line.replace(/^\u001b\[30;107m|\u001b\[0m$/g, ''));
  const read = plain.flatMap((line) => {
    const cells = [...line];
    return [cells.map((cell) => '▀█'.includes(cell)), cells.map((cell) => '▄█'.includes(cell))];
  });
  const dark = colour ? read : read.map((row) => row.map((lit) => !lit));
  expect(dark.slice(0, squares.length)).toEqual(squares);
});
