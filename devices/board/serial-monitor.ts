import type { PointDescription } from '../../firmware-protocol/message.js';
import { encodePoint } from '../../firmware-protocol/point.js';
import type { Firmware } from './firmware.js';

const HELP = 'try: hello, describe, reading, set <point> <value>, pulse <point> <value> <ms>, alive, stop';

/**
 * What a person in the Serial Monitor gets as answers to a bare line, before a program has spoken to the board. A bare
 * command has no id, so no piece of a damaged line of a program can be taken for one.
 */
export function answerPerson(firmware: Firmware, points: readonly PointDescription[], line: string): string[] {
  const [verb = '', point = '', value = '', ms = ''] = line.trim().split(/ +/);
  firmware.renew();
  switch (verb) {
    case 'hello': {
      const { id, name, firmware: version, points: count } = firmware.info;
      return [`${id}: ${name} ${version}, ${count} points`];
    }
    case 'describe':
      return points.map(encodePoint);
    case 'reading':
      return firmware.readings().map((reading) => `${reading.point}=${reading.value}`);
    case 'set':
      return [said(point, firmware.execute({ verb, cid: 0, point, value }))];
    case 'pulse':
      if (!/^[1-9]\d{0,4}$/.test(ms)) return ['no: range'];
      return [said(point, firmware.execute({ verb, cid: 0, point, value, ms: Number(ms) }))];
    case 'stop':
      return [said('stop', firmware.execute({ verb, cid: 0 }))];
    case 'alive':
      return ['ok'];
    default:
      return [HELP];
  }
}

function said(what: string, done: ReturnType<Firmware['execute']>): string {
  if (typeof done === 'string') return `no: ${done}`;
  return `ok ${what}${done.value === '-' ? '' : `=${done.value}`}${done.moving ? ' moving' : ''}`;
}
