import { describe, expect, it, onTestFinished } from 'vitest';
import type { LineLink, LineOptions, OpenLine } from '../../src/port/line-link.js';
import { openSerialLine } from '../../src/port/serial-line-link.js';
import { createVirtualPort } from '../../src/port/virtual-port.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { FakePort } from '../support/fake-line.js';
import { Heard } from '../support/heard.js';

/** A port with a device behind it whose side the suite plays. */
interface Bench {
  open: OpenLine;
  port: string;
  /** The device sends bytes. */
  send(bytes: string | Uint8Array): void;
  /** Everything that the device received, as text. */
  received(): string;
  /** The device reads no more. */
  stall(): void;
  /** The cable is pulled. */
  vanish(): void;
  dispose(): void;
}

const NEVER = new AbortController().signal;
const clock = systemClock();
const serial = () => openSerialLine({ clock, resolve: (port) => String(port) });

function ptyBench(): Bench {
  const device = createVirtualPort();
  const parts: Buffer[] = [];
  device.onData((bytes) => parts.push(bytes));
  return {
    open: serial(),
    port: device.path,
    send: (bytes) => void device.send(bytes),
    received: () => Buffer.concat(parts).toString(),
    stall: () => device.pause(),
    vanish: () => device.close(),
    dispose: () => device.close(),
  };
}

function fakeBench(): Bench {
  const device = new FakePort();
  return {
    open: device.open,
    port: '/dev/fake',
    send: (bytes) => device.send(bytes),
    received: () => device.written.map((line) => `${line}\n`).join(''),
    stall: () => device.stall(),
    vanish: () => device.vanish(),
    dispose: () => device.vanish(),
  };
}

/** Opens the bench's port with a past: the first fragment is over, so every line counts. */
async function opened(bench: Bench, options: Partial<LineOptions> = {}) {
  onTestFinished(() => bench.dispose());
  const heard = new Heard();
  const link = await bench.open({ port: bench.port, baud: 115200, ...options }, heard, NEVER);
  onTestFinished(() => link.close());
  bench.send('\n');
  return { link, heard };
}

/** Writes until the link says no more, and returns the error of the first refused line. */
async function fill(link: LineLink, line: string): Promise<unknown> {
  for (let i = 0; i < 100_000; i++) {
    const failed = await Promise.race([
      link.write(line).then(
        () => undefined,
        (error: unknown) => error,
      ),
      new Promise((resolve) => setTimeout(resolve, 3000, 'hung')),
    ]);
    if (failed) return failed;
  }
  return undefined;
}

/** What every OpenLine and its links owe, over a device that says and hears what the suite wants. */
function describeLineLink(name: string, make: () => Bench): void {
  describe(`LineLink contract: ${name}`, () => {
    it('delivers whole lines, in order, without their endings', async () => {
      const bench = make();
      const { heard } = await opened(bench);
      bench.send('a\nb\r\nc');
      bench.send('\xb0C=21\n\n\r\n\t7\n');
      await heard.comes('a', 'b', 'c°C=21', '\t7');
    });

    it('drops the fragment that began before the opening, and counts it', async () => {
      const bench = make();
      onTestFinished(() => bench.dispose());
      const heard = new Heard();
      const link = await bench.open({ port: bench.port, baud: 9600 }, heard, NEVER);
      bench.send('mp=21.5\nREADY\n');
      await heard.comes('[partial]', 'READY');
      expect(heard.samples).toEqual(['mp=21.5']);
      await link.close();
    });

    it('takes the first line for whole when the device was silent after the opening', async () => {
      const bench = make();
      onTestFinished(() => bench.dispose());
      const heard = new Heard();
      const link = await bench.open({ port: bench.port, baud: 9600 }, heard, NEVER);
      // In two steps as the link does, so that a machine that was held up does not let us overtake it.
      await new Promise((resolve) => setTimeout(resolve, 95));
      await new Promise((resolve) => setTimeout(resolve, 25));
      bench.send('hello uno\n');
      await heard.comes('hello uno');
      await link.close();
    });

    it('counts garbage once a line and goes on at the next newline', async () => {
      const bench = make();
      const { heard } = await opened(bench);
      bench.send(Buffer.from([0xff, 0xfe, 0x41, 0x0a]));
      bench.send('a\x00b\n\x1b[0;32mI (12) ok\x1b[0m\nend\n');
      await heard.comes('[garbled]', '[garbled]', 'I (12) ok', 'end');
      expect(heard.samples[0]).toBe('\\xff\\xfeA');
    });

    it('counts an overlong line once, also in many pieces, and is in step again after it', async () => {
      const bench = make();
      const { heard } = await opened(bench, { maxLine: 20 });
      bench.send(`${'x'.repeat(20)}\r\n${'y'.repeat(21)}\r\n`);
      for (let i = 0; i < 50; i++) bench.send('zzz');
      bench.send('\nend\n');
      await heard.comes('x'.repeat(20), '[overlong]', '[overlong]', 'end');
    });

    it('tells of bytes that come without a newline', async () => {
      const bench = make();
      const { heard } = await opened(bench);
      bench.send('ok\n');
      await heard.comes('ok');
      bench.send('a\rb');
      await eventually(() => heard.noises).toMatchObject([{ bytes: 3, binary: false, returns: true }]);
      bench.send('\n');
      await heard.comes('ok', '[garbled]');
    });

    it('writes lines as UTF-8 with the chosen ending', async () => {
      const bench = make();
      const { link } = await opened(bench);
      await link.write('set temp 21 °C');
      await link.write('');
      await eventually(bench.received).toBe('set temp 21 °C\n\n');
    });

    it('refuses what is not one line, and writes nothing of it', async () => {
      const bench = make();
      const { link } = await opened(bench);
      for (const bad of ['a\nb', 'a\r', '\x1b[2J', '\0', '\x7f', 'x'.repeat(20_000)]) {
        await expect(link.write(bad)).rejects.toMatchObject({ code: 'port/line' });
      }
      await link.write('good');
      await eventually(bench.received).toBe('good\n');
    });

    it('bounds what waits', async () => {
      const bench = make();
      const { link } = await opened(bench);
      const results = await Promise.allSettled(Array.from({ length: 65 }, (_, i) => link.write(`n ${i}`)));
      expect(results.filter((r) => r.status === 'rejected').map((r) => r.reason.code)).toEqual(['port/busy']);
      const big = await Promise.allSettled(Array.from({ length: 3 }, () => link.write('x'.repeat(8000))));
      expect(big.map((r) => r.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    });

    it('ends the link when a write is stuck for 1 s; all that waited is refused', async () => {
      const bench = make();
      const { link } = await opened(bench);
      bench.stall();
      const before = clock.now();
      expect(await fill(link, 'x'.repeat(1000))).toMatchObject({ code: 'port/stalled' });
      expect(clock.now() - before).toBeLessThan(3000);
      expect(await link.ended).toMatchObject({ reason: 'failed', error: { code: 'port/stalled' } });
      await expect(link.write('late')).rejects.toMatchObject({ code: 'port/closed' });
    });

    it('closes once, promptly, and refuses writes afterwards', async () => {
      const bench = make();
      const { link, heard } = await opened(bench);
      await Promise.all([link.close(), link.close()]);
      await link.close();
      expect(await link.ended).toEqual({ reason: 'closed' });
      await expect(link.write('RELAY ON')).rejects.toMatchObject({ code: 'port/closed' });
      bench.send('too late\n');
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(heard.all).toEqual([]);
    });

    it('can be opened again as soon as it is closed; nothing is left of the last session', async () => {
      const bench = make();
      const { link } = await opened(bench);
      bench.send('temp=21.');
      await link.close();
      await link.write('RELAY ON').catch(() => {});
      const heard = new Heard();
      const next = await bench.open({ port: bench.port, baud: 115200 }, heard, NEVER);
      bench.send('READY\nok\n');
      await heard.comes('[partial]', 'ok');
      expect(heard.samples).toEqual(['READY']);
      await next.write('mark');
      await eventually(bench.received).toBe('mark\n');
      await next.close();
    });

    it('has one owner at a time', async () => {
      const bench = make();
      await opened(bench);
      const second = bench.open({ port: bench.port, baud: 115200 }, new Heard(), NEVER);
      await expect(second).rejects.toMatchObject({ code: 'port/locked' });
    });

    it('notices a pulled cable', async () => {
      const bench = make();
      const { link } = await opened(bench);
      bench.vanish();
      expect(await link.ended).toMatchObject({ reason: 'disconnected', error: { code: 'port/gone' } });
      await expect(link.write('late')).rejects.toMatchObject({ code: 'port/closed' });
      await link.close();
    });

    it('does not open for a signal that has aborted', async () => {
      const bench = make();
      onTestFinished(() => bench.dispose());
      const given = AbortSignal.abort(new Error('given up'));
      await expect(bench.open({ port: bench.port, baud: 9600 }, new Heard(), given)).rejects.toThrow('given up');
      const link = await bench.open({ port: bench.port, baud: 9600 }, new Heard(), NEVER);
      await link.close();
    });

    it('gives up an opening when the signal aborts, and leaves the port free', async () => {
      const bench = make();
      onTestFinished(() => bench.dispose());
      const controller = new AbortController();
      const opening = bench.open({ port: bench.port, baud: 9600 }, new Heard(), controller.signal);
      controller.abort(new Error('given up'));
      await expect(opening).rejects.toThrow('given up');
      const link = await bench.open({ port: bench.port, baud: 9600 }, new Heard(), NEVER);
      await link.close();
    });
  });
}

describeLineLink('fake', fakeBench);
describeLineLink('pty', ptyBench);

const real = process.env['TEST_PORT'];
describe('LineLink contract: a real port', () => {
  it.skipIf(!real)('opens, closes and opens again; set TEST_PORT=/dev/ttyUSB0 to run it', async () => {
    for (let i = 0; i < 3; i++) {
      const link = await serial()({ port: String(real), baud: 115200 }, new Heard(), NEVER);
      await link.write('');
      await link.close();
      expect(await link.ended).toEqual({ reason: 'closed' });
      await expect(link.write('')).rejects.toMatchObject({ code: 'port/closed' });
    }
  });
});
