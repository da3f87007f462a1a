import type { Cable } from '../cable.js';
import type { World } from '../world.js';
import { boards, devices, type End, every, type FaultKind } from './fault.js';

/** A kind of trouble with one cable: `begin` makes it, what that returns ends it. */
function onCable(
  name: string,
  aspect: 'plug' | 'line',
  begin: (cable: Cable, random: () => number, world: World) => End,
  targets = devices,
): FaultKind {
  const cableOf = (world: World, target: string) => {
    const cable = world.cables.get(target);
    if (!cable) throw new Error(`no cable ${target}`);
    return cable;
  };
  return { name, aspect, targets, begin: (world, target, random) => begin(cableOf(world, target), random, world) };
}

function portTrouble(name: string, code: string): FaultKind {
  const begin = (cable: Cable) => {
    cable.refuse(code);
    return () => cable.refuse(undefined);
  };
  // Nobody can make a pseudo terminal refuse.
  const targets = (world: World) => (world.stage.virtual ? devices(world) : []);
  return { ...onCable(name, 'plug', begin, targets), holdsOff: 5_000 };
}

function noise(random: () => number): string {
  return Array.from({ length: 200 }, () => String.fromCharCode(Math.floor(random() * 256))).join('');
}

/** Lines that mean nothing and must do nothing. */
const HOSTILE: readonly string[] = [
  '',
  'N=NaN P=1 L=1;',
  'N=1e999 P=1 L=1;',
  'N=-1 P=2 L=;',
  '1 reading n=1e9*00000000',
  '1 reading n=5 pump=1 fan=7*00000000',
  '0 hello 0 1 1 3 00000000 63 greenhouse - -*00000000',
  '{"__proto__":{"n":1},"constructor":{"prototype":{"n":1}}}',
  `${'['.repeat(200)}1${']'.repeat(200)}`,
  '\u0000\u001b[2J\u0007',
  'N=%s%n P=$(1) L=`1`;',
];

/** What can befall a cable. */
export const CABLE_FAULTS: readonly FaultKind[] = [
  onCable('unplugged', 'plug', (cable) => {
    cable.pull();
    return () => cable.plug();
  }),
  onCable('unplugged in mid-line', 'plug', (cable) => {
    cable.truncate = true;
    cable.inject('N=123 P=0');
    cable.pull();
    return () => {
      cable.truncate = false;
      cable.plug();
    };
  }),
  onCable(
    'comes back under another name',
    'plug',
    (cable, random) => {
      cable.pull();
      return () => {
        cable.rename(`/dev/ttyUSB${Math.floor(random() * 1_000)}`);
        cable.plug();
      };
    },
    // What real ports have for a name is up to the kernel.
    (world) => devices(world).filter((id) => typeof world.stage.address(id) === 'object'),
  ),
  onCable('plugged and unplugged 20 times a second', 'plug', (cable, _, world) => {
    const stop = every(world, 25, () => (cable.plugged ? cable.pull() : cable.plug()));
    return () => {
      stop();
      cable.plug();
    };
  }),
  {
    name: 'boards swapped',
    aspect: 'plug',
    targets: () => ['both boards'],
    begin: (world) => {
      const [one, other] = boards(world).map((id) => world.cables.get(id));
      const swap = () => {
        if (one && other) one.swap(other);
      };
      swap();
      return swap;
    },
  },
  portTrouble('port fails', 'port/failed'),
  portTrouble('port in use', 'port/locked'),
  {
    ...onCable(
      'port fails again and again',
      'plug',
      (cable, _, world) => {
        const stop = every(world, 60, () => {
          cable.refuse('port/failed');
          cable.refuse(undefined);
        });
        return () => stop();
      },
      (world) => (world.stage.virtual ? devices(world) : []),
    ),
    holdsOff: 5_000,
  },
  onCable('port takes no bytes', 'line', (cable) => {
    cable.stall(true);
    return () => cable.stall(false);
  }),
  onCable('device not heard', 'line', (cable) => {
    cable.mute = true;
    return () => {
      cable.mute = false;
    };
  }),
  onCable('transmit-dead', 'line', (cable) => {
    cable.deaf = true;
    return () => {
      cable.deaf = false;
    };
  }),
  onCable('half-open', 'line', (cable) => {
    cable.deaf = true;
    cable.mute = true;
    return () => {
      cable.deaf = false;
      cable.mute = false;
    };
  }),
  onCable(
    'bits flipped',
    'line',
    (cable, random) => {
      cable.flips = 10 ** (-4 + 2 * random());
      return () => {
        cable.flips = 0;
      };
    },
    boards,
  ),
  onCable('lines garbled', 'line', (cable, random) => {
    cable.damaged = 0.2 + 0.8 * random();
    return () => {
      cable.damaged = 0;
    };
  }),
  onCable('lines cut short', 'line', (cable, _, world) =>
    every(world, 300, () => {
      cable.truncate = true;
    }),
  ),
  onCable('wrong baud', 'line', (cable, random, world) => {
    cable.mute = true;
    const stop = every(world, 10, () => cable.inject(noise(random)));
    return () => {
      stop();
      cable.mute = false;
    };
  }),
  onCable('endless line', 'line', (cable, _, world) => every(world, 5, () => cable.inject('9'.repeat(100)))),
  onCable('hostile lines', 'line', (cable, random, world) =>
    every(world, 20, () => cable.inject(`\n${HOSTILE[Math.floor(random() * HOSTILE.length)]}\n`)),
  ),
  onCable('slow line', 'line', (cable, random) => {
    cable.delay = 50 + Math.floor(400 * random());
    return () => {
      cable.delay = 0;
    };
  }),
];
