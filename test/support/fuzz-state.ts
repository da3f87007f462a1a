import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeptReplay } from '../../src/kept-replay.js';
import { KeptSecrets } from '../../src/kept-secrets.js';
import { silentLog } from '../../src/log.js';
import { Sessions } from '../../src/panel/sessions.js';
import { History } from '../../src/state/history.js';
import { KeptHistory } from '../../src/state/kept-history.js';
import { KeptTallies } from '../../src/state/kept-tallies.js';
import { LastValues } from '../../src/state/last-values.js';
import { Latch } from '../../src/state/latch.js';
import { OutputMemory } from '../../src/state/output-memory.js';
import { StateFile } from '../../src/state/state-file.js';
import { Store } from '../../src/state/store.js';
import { momentText } from '../../src/text.js';
import type { FuzzTarget } from './fuzz-owner.js';
import { VirtualClock } from './virtual-clock.js';

const KIB = 1024;
const HASH = 'A'.repeat(43);

/** Everything that reads what a bridge before this one kept, of one file each. */
export function stateTarget(folder: string): FuzzTarget {
  const clock = new VirtualClock();
  const common = { clock, intervalMs: 1_000 };
  const path = join(folder, 'device.json');
  const file = () => new StateFile<never>(path, silentLog);
  return {
    name: 'all that is kept',
    seeds: [
      `{"version":1,"sessions":[{"id":"${HASH}","role":"viewer","since":1}]}`,
      '{"version":1,"points":{"shed.temp":{"value":21.5,"at":1795845288093,"count":2}}}',
      '{"version":1,"at":1795845288093,"samples":{"shed":{"temp":[1,2.5]}}}',
      '{"version":1,"outputs":{"shed.pump":true},"counts":{"shed.doses":3},"seen":{"AAAA":7},"latched":true}',
      '{"version":1,"deviceId":"a","refresh":"b","after":"c","others":[{"deviceId":"d","refresh":"e","after":"f"}]}',
    ],
    longest: 64 * KIB,
    run: (text) => {
      writeFileSync(path, text);
      const store = new Store(clock);
      new Sessions(clock, file()).of('x');
      new Latch(file());
      new KeptReplay(file(), clock).memory.of('AAAA');
      new KeptSecrets(folder, clock, silentLog).of({ deviceId: 'a', refresh: 'c', validator: 'https://a' });
      new OutputMemory({ ...common, file: file(), isKept: () => true }).of('shed.pump');
      void new KeptTallies(common).keepIn(file());
      const last = new LastValues({ ...common, store, file: file() });
      for (const { at } of Object.values(last.of('shed'))) if (at !== null) momentText(at);
      new KeptHistory({ ...common, history: new History(store), file: file(), sampleMs: 1_000 });
    },
  };
}
