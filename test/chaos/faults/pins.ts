import { PINS, type PinBoard } from '../pin-board.js';
import type { World } from '../world.js';
import { type End, every, type FaultKind, whenWell } from './fault.js';

/** Devices that are pins. */
const banks = (world: World) => [...world.specimens.values()].filter(({ wired }) => wired).map(({ id }) => id);

/** The bridge has tried again after so long, and looked at all pins. */
const TRIED_MS = 500;
const LOOKED_MS = 1_500;

function onPins(
  name: string,
  aspect: 'plug' | 'line',
  begin: (pins: PinBoard, random: () => number, world: World) => End,
): FaultKind {
  return {
    name,
    aspect,
    targets: banks,
    begin: (world, target, random) => {
      const pins = world.specimens.get(target)?.wired;
      if (!pins) throw new Error(`no pins ${target}`);
      return begin(pins, random, world);
    },
  };
}

/** What can befall the pins of the machine. */
export const PIN_FAULTS: readonly FaultKind[] = [
  {
    ...onPins('chip of the pins gone', 'plug', (pins) => {
      pins.vanish();
      return () => pins.appear();
    }),
    holdsOff: 5_000,
  },
  {
    ...onPins('pin in use', 'plug', (pins, _, world) => {
      // Somebody else was faster when the chip came back.
      pins.chip.occupied.add(PINS.lamp);
      pins.vanish();
      pins.appear();
      const since = world.stage.clock.now();
      const isTried = () => world.attempts.last('pins') > since;
      const told = () => !isTried() || /held by another program/.test(world.known.troubleOf('pins') ?? '');
      const end = whenWell(world, TRIED_MS, () => world.ledger.check(told(), 'nobody was told that a pin is in use'));
      return () => {
        end();
        pins.chip.occupied.delete(PINS.lamp);
      };
    }),
    holdsOff: 5_000,
  },
  onPins('edges too fast', 'line', (pins, random, world) =>
    every(world, 300, () => pins.lose(1 + Math.floor(random() * 50))),
  ),
  onPins('edges not told', 'line', (pins, _, world) => {
    pins.sneak(true);
    const known = () => world.known.value('pins', 'door') === pins.open;
    const what = `pins.door is ${pins.open ? 'open' : 'closed'}, and the bridge does not know`;
    const end = whenWell(world, LOOKED_MS, () => world.ledger.check(known() || !world.known.isLive('pins'), what));
    return () => {
      end();
      pins.sneak(false);
    };
  }),
  onPins('pin does not obey', 'line', (pins) => {
    pins.chip.stuck.add(PINS.lamp);
    return () => void pins.chip.stuck.delete(PINS.lamp);
  }),
];
