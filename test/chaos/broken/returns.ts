import { altering, type Broken, dialling, reports } from './parts.js';

/** A bridge that is let in once, and whose calls then end at once for so long. */
const CUT_OFF_MS = 45_000;
/** The session from which on something is wrong, over all devices. */
const LATER_SESSION = 6;

/** Bridges that do not tell that something is gone, or do not quite come back. */
export const BROKEN_RETURNS: readonly Broken[] = [
  [
    'a bridge that tells of nothing that is gone',
    /takes .* for .* ms after .* was gone/,
    dialling((dial) =>
      altering(dial, 'out', (said) => {
        const type = said['msg_type'];
        if (type === 'rig.health') return without(said, (word) => word === 'offline');
        if (type !== 'rig.state' && type !== 'rig.trend') return said;
        const known = Object.entries(said).map(([id, values]) => [id, without(values, (value) => value === null)]);
        return Object.fromEntries(known);
      }),
    ),
    'unplugged',
  ],
  [
    'a bridge whose calls end for long after a name war',
    /recovered after \d+ ms/,
    (parts) => {
      let lostAt: number | undefined;
      let dialled = 0;
      return dialling((dial) => (...how) => {
        const wire = dial(...how);
        const now = parts.clock.now();
        if (dialled++ > 0) lostAt ??= now;
        if (now - (lostAt ?? Number.NEGATIVE_INFINITY) < CUT_OFF_MS) wire.terminate();
        return wire;
      })(parts);
    },
    'name war',
  ],
  [
    'a driver that does not know one of its sensors any more',
    /pins: it never recovered/,
    (parts) => {
      const sessions = new Set<object>();
      return reports((report, readings, io) => {
        sessions.add(io);
        const blind = sessions.size >= LATER_SESSION;
        report(readings.map((reading) => (blind && reading.point === 'door' ? { ...reading, value: null } : reading)));
      })(parts);
    },
    'chip of the pins gone',
  ],
  [
    'a device that is gone again soon after it came back',
    /recovered after \d+ ms|well, and then not any more/,
    (parts) => {
      const sessions = new Set<object>();
      return reports((report, readings, io) => {
        if (!sessions.has(io)) io.clock.after(2_500, () => io.lost('for no reason'));
        sessions.add(io);
        report(readings);
      })(parts);
    },
    'unplugged',
  ],
];

/** What is left of some named things without those that are hidden. */
function without(things: unknown, hidden: (thing: unknown) => boolean): object {
  if (typeof things !== 'object' || things === null) return things as object;
  return Object.fromEntries(Object.entries(things).filter(([, thing]) => !hidden(thing)));
}
