import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../world.js';
import type { End, FaultKind } from './fault.js';

const FILES = ['boards', 'estop', 'outputs', 'replay', 'values', 'history', 'counters'];
/** Whoever pressed the stop is answered by then, and told that it is nowhere written down. */
const SAID_MS = 200;
const UNWRITTEN = /estop.*can not be written|not know of the emergency stop/;
/** The disk takes nothing more; ends that, also for the next bridge, which has what this one left. */
function fill({ host }: World): End {
  // A folder stands where the file is to be written.
  const inTheWay = () => FILES.map((name) => join(host.stateDir, `${name}.json.new`));
  for (const path of inTheWay()) mkdirSync(path, { recursive: true });
  return () => {
    for (const path of inTheWay()) rmSync(path, { recursive: true, force: true });
  };
}

/** What can befall the disk. */
export const DISK_FAULTS: readonly FaultKind[] = [
  {
    name: 'state can not be written',
    aspect: 'disk',
    targets: () => ['disk'],
    begin: fill,
  },
  {
    name: 'emergency stop on a full disk, bridge killed',
    aspect: 'process',
    targets: () => ['bridge'],
    begin: (world, _, random) => {
      const { stage, known, troubles, complaints, stops, ledger, phones } = world;
      const { clock, slackMs } = stage;
      // Failures in a row are one warning.
      const since = troubles.calm(Number.POSITIVE_INFINITY, ['disk']) ? clock.now() : 0;
      const empty = fill(world);
      const [phone] = phones;
      phone?.send({ msg_type: 'rig.estop', _cmd: `stop-${world.wishes.fresh()}`, _from: phone.name });
      let wasStopped: boolean | undefined;
      const kill = () => {
        wasStopped = known.isLatched;
        world.kill();
        return wasStopped;
      };
      const timer = clock.after(SAID_MS + slackMs + random() * 1_000, kill);
      return async () => {
        timer.cancel();
        const isStopped = wasStopped ?? kill();
        if (random() < 0.5) await empty();
        world.doubt();
        await world.begin();
        await empty();
        // The next one knows only what is written.
        stops.latched(known.isLatched);
        const held = !isStopped || known.isLatched || complaints.heardOf(UNWRITTEN, since);
        ledger.check(held, 'an emergency stop is lost, and nobody was told that it may be');
      };
    },
  },
];
