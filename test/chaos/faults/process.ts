import type { World } from '../world.js';
import type { FaultKind } from './fault.js';

const BRIDGE = { aspect: 'process', targets: () => ['bridge'] } as const;
/** Nobody can hold up a part of the process that the world itself is in. */
const holdable = ({ stage }: World) => (stage.virtual ? ['bridge'] : []);

/** What can befall the program itself. */
export const PROCESS_FAULTS: readonly FaultKind[] = [
  {
    name: 'bridge held up',
    aspect: 'process',
    targets: holdable,
    begin: ({ host }, _, random) => {
      host.hold();
      return () => host.goOn(random() < 0.5);
    },
  },
  {
    ...BRIDGE,
    name: 'bridge killed',
    begin: (world) => {
      world.kill();
      return () => world.begin();
    },
  },
  {
    ...BRIDGE,
    name: 'bridge killed again and again',
    begin: (world) => {
      world.kill();
      let over = false;
      const again = () => {
        if (over) return;
        void world.begin();
        world.stage.clock.after(400, () => {
          if (over) return;
          world.kill();
          world.stage.clock.after(100, again);
        });
      };
      world.stage.clock.after(100, again);
      return async () => {
        over = true;
        if (!world.host.bridge) await world.begin();
      };
    },
  },
  {
    ...BRIDGE,
    name: 'bridge stopped and started',
    begin: (world) => {
      const ended = world.end();
      return async () => {
        await ended;
        await world.begin();
      };
    },
  },
];
