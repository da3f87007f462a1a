// The kernel's own record of every level and direction that a line was given.
import { readFileSync, writeFileSync } from 'node:fs';

const TRACING = '/sys/kernel/tracing';

export class Trace {
  constructor() {
    writeFileSync(`${TRACING}/trace`, '');
    writeFileSync(`${TRACING}/events/gpio/enable`, '1');
  }

  /** Forgets what was seen so far. */
  restart() {
    writeFileSync(`${TRACING}/trace`, '');
  }

  /** What happened to a line since the beginning, oldest first: `1`, `0` (levels set), `out`, `in`. */
  of(number) {
    return this.#events(number).flatMap(([event, rest]) => {
      if (event === 'direction') return [rest.split(' ')[0]];
      return rest.startsWith('set') ? [rest.split(' ')[1]] : [];
    });
  }

  /** What programs read of a line through sysfs since the beginning, oldest first: `1`, `0`. */
  reads(number) {
    return this.#events(number).flatMap(([, rest]) => (rest.startsWith('get') ? [rest.split(' ')[1]] : []));
  }

  #events(number) {
    const lost = /^overrun: (\d+)$/m.exec(readFileSync(`${TRACING}/per_cpu/cpu0/stats`, 'utf8'))?.[1];
    if (lost !== '0') throw new Error(`the kernel's record is not whole: ${lost} events were overwritten`);
    return [...readFileSync(`${TRACING}/trace`, 'utf8').matchAll(/gpio_(value|direction): (\d+) +(.*)/g)]
      .filter(([, , line]) => Number(line) === number)
      .map(([, event, , rest]) => [event, rest]);
  }

  /** The levels that a line was given, without repetitions. */
  levels(number) {
    return this.of(number)
      .filter((word) => word === '0' || word === '1')
      .filter((word, i, all) => word !== all[i - 1])
      .join('');
  }

  end() {
    writeFileSync(`${TRACING}/events/gpio/enable`, '0');
  }
}
