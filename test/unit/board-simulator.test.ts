import { describe, expect, it } from 'vitest';
import { boardKind } from '../../devices/board/kind.js';
import { identityOf, probe } from '../../devices/board/probe.js';
import { type BoardParts, BoardSimulator } from '../../devices/board/simulator.js';
import { decodeBoardLine } from '../../firmware-protocol/decode.js';
import { encodeHostLine } from '../../firmware-protocol/encode.js';
import type { BoardMessage, HostMessage, PointDescription } from '../../firmware-protocol/message.js';
import { Exchanges } from '../../src/device/exchange.js';
import { FakePort } from '../support/fake-line.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** A person or a program at the other end of the line. */
class Host {
  readonly clock = new VirtualClock();
  readonly board: BoardSimulator;
  private readonly wire = { send: (text: string) => this.take(text), receive: (_text: string) => {} };
  private heard = '';
  private seq = 0;

  constructor(parts: BoardParts = {}, seed = 1) {
    this.board = new BoardSimulator(this.clock, seed, parts);
    this.board.plug(this.wire);
  }

  /** Writes bytes and returns the lines that came since the last call. */
  raw(bytes: string): string[] {
    this.wire.receive(bytes);
    return this.lines();
  }

  /** Says something and returns what the board said since the last call. */
  say(message: HostMessage): BoardMessage[] {
    this.seq = message.verb === 'hello' ? 0 : (this.seq + 1) % 256;
    this.wire.receive(`${encodeHostLine(this.seq, message)}\n`);
    return this.messages();
  }

  /** Begins a session. */
  hello(nonce = 7): void {
    this.say({ verb: 'hello', nonce });
  }

  lines(): string[] {
    const lines = this.heard.split('\n').slice(0, -1);
    this.heard = '';
    return lines;
  }

  messages(): BoardMessage[] {
    return this.lines().map((line) => {
      const { message, error } = decodeBoardLine(line);
      if (!message) throw new Error(`${error}: ${line}`);
      return message;
    });
  }

  private take(text: string): void {
    this.heard += text;
  }
}

const PLAIN = { label: '', unit: '', lease: 0, options: [] } as const;
const output = (id: string, more: Partial<PointDescription> = {}): PointDescription => {
  return { ...PLAIN, id, role: 'actuator', type: 'boolean', safe: false, ...more };
};
const set = (cid: number, point: string, value: string): HostMessage => ({ verb: 'set', cid, point, value });
const ack = (cid: number, value: string, moving = false) => ({ verb: 'ack', cid, value, moving });
const reading = (point: string, value: string) => ({ verb: 'reading', values: [{ point, value }] });

describe('sessions', () => {
  it('says hello when it starts, and obeys nothing but stop before it is greeted', () => {
    const host = new Host();
    expect(host.messages()).toMatchObject([{ verb: 'hello', nonce: 0, board: { id: 'board1', buffer: 63 } }]);
    for (const message of [set(0, 'pump', '1'), { verb: 'alive' }, { verb: 'reading' }] as const) {
      expect(host.say(message)).toMatchObject([{ verb: 'hello', nonce: 0 }]);
    }
    expect(host.say({ verb: 'stop', cid: 1 })).toEqual([ack(1, '-')]);
    expect(host.board.output('pump')).toBe(false);
  });

  it('forgets the commands of an earlier session, and only those', () => {
    const host = new Host();
    host.hello(7);
    host.say(set(0, 'pump', '1'));
    host.hello(7);
    expect(host.say(set(0, 'pump', '0'))).toEqual([reading('pump', '1'), ack(0, '1')]);
    expect(host.board.output('pump')).toBe(true);
    host.hello(8);
    expect(host.say(set(0, 'pump', '0'))).toEqual([reading('pump', '0'), ack(0, '0')]);
  });

  it('says everything every five seconds, and what changes at once', async () => {
    const host = new Host();
    host.hello();
    await host.clock.advance(20_100);
    const readings = host.messages().filter((message) => message.verb === 'reading');
    const full = readings.filter(({ values }) => values.length === 7);
    expect(full).toHaveLength(4);
    expect(readings.length).toBeGreaterThan(12);
  });

  it('has another boot id after each start', () => {
    const host = new Host();
    const boots = new Set<number | undefined>();
    for (let i = 0; i < 20; i++) {
      host.board.reset();
      for (const message of host.messages()) if (message.verb === 'hello') boots.add(message.board?.boot);
    }
    expect(boots.size).toBeGreaterThanOrEqual(20);
  });
});

describe('commands', () => {
  it('are carried out once, and the answers to the last eight are remembered', () => {
    const host = new Host();
    host.hello();
    for (let cid = 0; cid < 9; cid++) host.say(set(cid, 'fan', String(5 * cid)));
    expect(host.say(set(1, 'fan', '5'))).toEqual([reading('fan', '40'), ack(1, '5')]);
    expect(host.board.output('fan')).toBe(40);
    expect([...host.board.executions.values()]).toEqual(Array(9).fill(1));
    // The ninth before is forgotten; a host has only one under way.
    expect(host.say(set(0, 'fan', '0'))).toEqual([reading('fan', '0'), ack(0, '0')]);
  });

  it.each([
    [set(0, 'nothing', '1'), 'unknown'],
    [set(0, 'temp', '1'), 'unknown'],
    [set(0, 'pump', '2'), 'range'],
    [set(0, 'pump', '?'), 'range'],
    [set(0, 'fan', '101'), 'range'],
    [set(0, 'turnout', '2'), 'range'],
    [{ verb: 'pulse', cid: 0, point: 'fan', value: '1', ms: 100 }, 'range'],
    [{ verb: 'limit', cid: 0, point: 'turnout', maxOn: 1, minOff: 0, group: 0 }, 'range'],
  ] as const)('that are wrong change nothing: %j', (message, code) => {
    const host = new Host();
    host.hello();
    expect(host.say(message)).toEqual([{ verb: 'nak', cid: 0, code }]);
    expect(host.say(message)).toContainEqual({ verb: 'nak', cid: 0, code });
    expect(host.board.executions.size).toBe(0);
  });

  it('move a turnout', async () => {
    const host = new Host();
    host.hello();
    expect(host.say(set(0, 'turnout', '1'))).toEqual([reading('turnout', '?'), ack(0, '1', true)]);
    await host.clock.advance(620);
    expect(host.messages()).toEqual([reading('turnout', '1')]);
  });

  it('keep limits', async () => {
    const host = new Host({ points: [output('up'), output('down')] });
    host.hello();
    host.say({ verb: 'limit', cid: 0, point: 'up', maxOn: 1_000, minOff: 2_000, group: 1 });
    host.say({ verb: 'limit', cid: 1, point: 'down', maxOn: 0, minOff: 0, group: 1 });
    host.say(set(2, 'up', '1'));
    expect(host.say(set(3, 'down', '1'))).toEqual([{ verb: 'nak', cid: 3, code: 'locked' }]);
    expect(host.say(set(4, 'down', '0'))).toContainEqual(ack(4, '0'));
    await host.clock.advance(1_020);
    expect(host.board.output('up')).toBe(false);
    expect(host.messages()).toMatchObject([reading('up', '0'), { verb: 'log', level: 'warn' }]);
    expect(host.say(set(5, 'up', '1'))).toEqual([{ verb: 'nak', cid: 5, code: 'busy' }]);
    expect(host.say(set(6, 'down', '1'))).toContainEqual(ack(6, '1'));
    host.say(set(7, 'down', '0'));
    await host.clock.advance(2_000);
    expect(host.say(set(8, 'up', '1'))).toContainEqual(ack(8, '1'));
  });

  it('end pulses', async () => {
    const host = new Host({ points: [output('lamp')] });
    host.hello();
    host.say({ verb: 'pulse', cid: 0, point: 'lamp', value: '1', ms: 500 });
    await host.clock.advance(300);
    host.say(set(1, 'lamp', '1'));
    await host.clock.advance(1_000);
    expect(host.board.output('lamp')).toBe(true);
  });
});

describe('the end of a pulse', () => {
  const off = (cid: number, ms: number): HostMessage => ({ verb: 'pulse', cid, point: 'pump', value: '0', ms });

  it('turns nothing on without a host', async () => {
    const host = new Host();
    host.hello();
    expect(host.say(off(0, 10_000))).toContainEqual(ack(0, '0'));
    await host.clock.advance(9_000);
    // The lease ran out long ago; a host that comes back does not revive the pulse.
    host.say({ verb: 'alive' });
    await host.clock.advance(2_000);
    expect(host.board.output('pump')).toBe(false);
    host.say(off(1, 1_000));
    await host.clock.advance(1_020);
    expect(host.board.output('pump')).toBe(true);
  });

  it('leaves no safe value that has no lease', () => {
    const host = new Host({ points: [output('pump')] });
    host.hello();
    expect(host.say(off(0, 1_000))).toEqual([{ verb: 'nak', cid: 0, code: 'range' }]);
    expect(host.say({ ...off(1, 1_000), value: '1' } as HostMessage)).toContainEqual(ack(1, '1'));
  });

  it('breaks no limit', async () => {
    const host = new Host({ points: [output('pump', { lease: 3_000 }), output('down', { lease: 3_000 })] });
    host.hello();
    for (const [cid, point] of ['pump', 'down'].entries()) {
      host.say({ verb: 'limit', cid, point, maxOn: 0, minOff: 0, group: 1 });
    }
    host.say(off(2, 1_000));
    host.say(set(3, 'down', '1'));
    await host.clock.advance(1_500);
    expect([host.board.output('pump'), host.board.output('down')]).toEqual([false, true]);
  });
});

describe('a stop', () => {
  it('acts whatever its id', () => {
    const host = new Host();
    host.hello();
    expect(host.say({ verb: 'stop', cid: 0 })).toContainEqual(ack(0, '-'));
    host.say(set(1, 'pump', '1'));
    for (const cid of [0, 1]) {
      expect(host.say({ verb: 'stop', cid })).toContainEqual(ack(cid, '-'));
      expect(host.board.output('pump')).toBe(false);
      host.say(set(2 + cid, 'pump', '1'));
    }
  });
});

describe('leases', () => {
  it('run per output, are renewed by one line, and 0 holds', async () => {
    const host = new Host({
      points: [output('short', { lease: 2_500 }), output('long', { lease: 5_000 }), output('held')],
    });
    host.hello();
    ['short', 'long', 'held'].forEach((point, cid) => void host.say(set(cid, point, '1')));
    const state = () => ['short', 'long', 'held'].map((point) => host.board.output(point));
    await host.clock.advance(2_400);
    host.say({ verb: 'alive' });
    await host.clock.advance(2_400);
    expect(state()).toEqual([true, true, true]);
    // Neither a hello nor a reading renews one.
    host.hello(8);
    await host.clock.advance(200);
    expect(state()).toEqual([false, true, true]);
    expect(host.messages()).toContainEqual(reading('short', '0'));
    await host.clock.advance(10_000);
    expect(state()).toEqual([false, false, true]);
    host.say({ verb: 'alive' });
    await host.clock.advance(1_000);
    expect(state()).toEqual([false, false, true]);
  });

  it('end in what is safe, which may be on', async () => {
    const host = new Host({ points: [output('freezer', { safe: true, lease: 2_500 })] });
    host.hello();
    expect(host.board.output('freezer')).toBe(true);
    host.say(set(0, 'freezer', '0'));
    await host.clock.advance(2_600);
    expect(host.board.output('freezer')).toBe(true);
  });
});

describe('the line', () => {
  it('drops what is damaged, counts it, and is in step at the next newline', () => {
    const host = new Host();
    host.hello();
    const line = encodeHostLine(1, set(0, 'pump', '1'));
    expect(host.raw(`${line.slice(5)}\n${line}x\n${'y'.repeat(500)}\n\n${line.slice(0, 20)}\n`)).toEqual([]);
    expect(host.board.output('pump')).toBe(false);
    expect(host.raw(`${line}\r\n`)).toHaveLength(2);
    expect(host.board.output('pump')).toBe(true);
    expect(host.say({ verb: 'alive' })).toEqual([{ verb: 'alive', dropped: 5 }]);
  });

  it('is usable by a person until a program speaks', () => {
    const host = new Host();
    host.lines();
    const ask = (line: string) => host.raw(`${line}\r\n`);
    expect(ask('hello')).toEqual(['board1: Simulated board 1 1.0, 7 points']);
    expect(ask('set pump 1')).toEqual(['ok pump=1']);
    expect(host.board.output('pump')).toBe(true);
    expect(ask('set turnout 1')).toEqual(['ok turnout=1 moving']);
    expect(ask('set fan 400')).toEqual(['no: range']);
    expect(ask('set sun 1')).toEqual(['no: unknown']);
    expect(ask('pulse pump 1 x')).toEqual(['no: range']);
    expect(ask('pulse pump 1 50')).toEqual(['ok pump=1']);
    expect(ask('reading')).toContain('pump=1');
    expect(ask('describe')[4]).toBe('pump actuator boolean Pump - - - - 0 3000');
    expect(ask('stop')).toEqual(['ok stop']);
    expect(ask('alive')).toEqual(['ok']);
    expect(ask('make tea')[0]).toContain('set <point> <value>');
    expect(host.board.output('pump')).toBe(false);
    host.hello();
    expect(ask('set pump 1')).toEqual([]);
    expect(host.board.output('pump')).toBe(false);
  });

  it('takes no piece of a program’s line for a person’s', () => {
    const host = new Host();
    const line = encodeHostLine(1, set(12, 'pump', '1'));
    const stop = encodeHostLine(2, { verb: 'limit', cid: 3, point: 'pump', maxOn: 0, minOff: 0, group: 0 });
    for (const text of [line, stop]) {
      for (let from = 0; from < text.length; from++) {
        for (let to = from + 1; to < text.length; to++) host.raw(`${text.slice(from, to)}\n`);
      }
    }
    expect(host.board.executions.size).toBe(0);
  });
});

describe('the simulated board', () => {
  it('does the same for the same seed, and other things for another', async () => {
    const run = async (seed: number) => {
      const host = new Host({}, seed);
      host.hello();
      host.board.flip(1e-3);
      for (let i = 0; i < 20; i++) {
        host.raw(`${encodeHostLine(i, set(i, 'fan', String(5 * i)))}\n`);
        await host.clock.advance(1_000);
      }
      return `${[...host.board.executions.keys()].join()} ${host.lines().join('\n')}`;
    };
    expect(await run(1)).toBe(await run(1));
    expect(await run(1)).not.toBe(await run(2));
  });

  it('has the id of its options, for `bench`', () => {
    const options = boardKind.options.parse({ port: 'auto', id: 'shed' });
    const simulator = boardKind.simulate?.(options, new VirtualClock(), 3);
    expect(simulator).toBeInstanceOf(BoardSimulator);
    expect((simulator as BoardSimulator).identity.id).toBe('shed');
  });
});

describe('the probe', () => {
  /** What the kind's probe finds at a port. */
  async function ask(board: BoardSimulator | undefined, clock: VirtualClock) {
    const port = new FakePort(clock);
    const exchanges = new Exchanges(clock);
    const { signal } = new AbortController();
    const handlers = { line: (text: string) => exchanges.offer(text), defect: () => {} };
    const link = await port.open({ port: '/dev/fake', baud: 115_200 }, handlers, signal);
    const wire = { send: (text: string) => port.send(text), receive: (_text: string) => {} };
    port.onWrite = (line) => wire.receive(`${line}\n`);
    board?.plug(wire);
    const io = { clock, exchange: exchanges.ask.bind(exchanges) };
    const found = boardKind.probe?.ask(io, link, signal);
    await clock.advance(6_000);
    return { found: await found, port, io, link, signal };
  }

  it('finds out who is there, and says nothing but hello', async () => {
    const clock = new VirtualClock();
    const board = new BoardSimulator(clock, 4);
    const { found, port, io, link, signal } = await ask(board, clock);
    expect(found).toMatchObject({ id: 'board4', name: 'Simulated board 4', bootId: expect.any(String) });
    expect(port.written).toHaveLength(1);
    const again = probe(io, link, { nonce: 5, within: 1_000 }, signal);
    await clock.advance(1);
    const { board: info } = await again;
    expect(info && identityOf(info)).toEqual(found);
    board.unplug();
  });

  it('finds nobody at a port where something else speaks', async () => {
    const clock = new VirtualClock();
    const { found, port } = await ask(undefined, clock);
    expect(found).toBeUndefined();
    expect(port.written.every((line) => line.includes(' hello '))).toBe(true);
    expect(clock.timers).toBe(0);
  });
});
