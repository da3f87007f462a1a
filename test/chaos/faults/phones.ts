import type { Phone } from '../phone.js';
import type { World } from '../world.js';
import { every, type FaultKind } from './fault.js';

/** Whoever holds a button says so this often, and for so long at most. */
const HOLD_MS = 250;
const LONGEST_HOLD_MS = 3_000;

const names = (world: World) => world.phones.map(({ name }) => name);

function phoneOf(world: World, name: string): Phone {
  const phone = world.phones.find((known) => known.name === name);
  if (!phone) throw new Error(`no phone ${name}`);
  return phone;
}

/** What can befall phones, and what phones can do. */
export const PHONE_FAULTS: readonly FaultKind[] = [
  {
    name: 'phone reads nothing',
    aspect: 'phone',
    targets: names,
    begin: (world, target) => {
      const phone = phoneOf(world, target);
      phone.sleep();
      return () => phone.wake();
    },
  },
  {
    name: 'phone comes and goes',
    aspect: 'phone',
    targets: names,
    begin: (world, target) => every(world, 900, () => phoneOf(world, target).drop()),
  },
  {
    name: 'commands sent twice',
    aspect: 'taps',
    targets: names,
    begin: (world, target) => every(world, 230, () => phoneOf(world, target).repeat()),
  },
  {
    name: 'commands long delayed',
    aspect: 'taps',
    targets: names,
    begin: (world, target, random) =>
      every(world, 400, () => {
        const phone = phoneOf(world, target);
        const wishes = [world.wishes.any(random), world.wishes.any(random)];
        // The second overtakes the first.
        for (const [index, { device, point, wish }] of wishes.entries()) {
          world.stage.clock.after(600 - 300 * index, () => phone.command(device, point, wish));
        }
      }),
  },
  {
    name: 'phones fight over one output',
    aspect: 'taps',
    targets: () => ['all'],
    begin: (world, _, random) => {
      const numbers = world.wishes.outputs.filter(({ wish }) => wish);
      const { device, point, wish = Number } = world.wishes.output(random, numbers);
      return every(world, 220, () => {
        for (const phone of world.phones) phone.command(device, point, { value: wish(world.wishes.fresh()) });
      });
    },
  },
  {
    name: 'phone hammers',
    aspect: 'taps',
    // Two of them would have more to be answered than relays let through.
    targets: (world) => names(world).slice(0, 1),
    begin: (world, target, random) => {
      world.orders.hammering.add(target);
      return every(world, 25, () => {
        const { device, point, wish } = world.wishes.any(random);
        phoneOf(world, target).command(device, point, wish);
      });
    },
  },
  {
    name: 'phone gone while it holds a button',
    aspect: 'phone',
    targets: names,
    begin: (world, target, random) => {
      const phone = phoneOf(world, target);
      const held = world.wishes.outputs.filter((output) => output.held);
      const { device, point } = world.wishes.output(random, held);
      phone.command(device, point, { value: true });
      const letGo = every(world, HOLD_MS, () => phone.hold(device, point));
      const { clock } = world.stage;
      const gone = clock.after(HOLD_MS + random() * LONGEST_HOLD_MS, () => {
        letGo();
        phone.stop();
      });
      return () => {
        gone.cancel();
        letGo();
        phone.stop();
        phone.start();
      };
    },
  },
  {
    name: 'emergency stop',
    aspect: 'taps',
    targets: () => ['stop'],
    begin: (world) => {
      const [phone] = world.phones;
      phone?.send({ msg_type: 'rig.estop', _cmd: `stop-${world.wishes.fresh()}`, _from: phone.name });
      return () => world.letGo();
    },
  },
  {
    name: 'emergency stop pressed again and again',
    aspect: 'taps',
    targets: () => ['stop'],
    begin: (world) => {
      const stop = every(world, 300, () => {
        const [phone] = world.phones;
        phone?.send({ msg_type: 'rig.estop', _cmd: `stop-${world.wishes.fresh()}`, _from: phone.name });
      });
      return () => {
        stop();
        world.letGo();
      };
    },
  },
];
