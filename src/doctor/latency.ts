import { basename } from 'node:path';
import { listPorts } from '../port/serial-path.js';
import type { Finding } from './finding.js';
import type { Subject } from './subject.js';

/** FTDI adapters hold what they receive back for this many milliseconds, unless they are full: 16 by default. */
export function latencyCheck({ machine }: Subject): Finding[] {
  return listPorts(machine.roots).flatMap(({ path }): Finding[] => {
    const file = `/sys/class/tty/${basename(path)}/device/latency_timer`;
    const ms = machine.text(file);
    if (ms === undefined) return [];
    if (Number(ms) <= 1)
      return [{ check: 'latency', level: 'ok', text: `${path} passes on what it hears within ${ms} ms.` }];
    const text = `${path} holds back what it hears for up to ${ms} ms.`;
    return [{ check: 'latency', level: 'hint', text, fix: `echo 1 | sudo tee ${file}` }];
  });
}
