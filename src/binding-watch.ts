import type { Binding } from './layout/bind.js';
import { lintHardware } from './layout/lint-hardware.js';
import type { Log } from './log.js';
import type { Store } from './state/store.js';
import { printable } from './text.js';

/** Says once what disagrees between a bound layout and devices, as soon as these have said which points they have. */
export function watchBinding(binding: Binding, namespace: string, store: Store, log: Log): void {
  const told = new Set<string>();
  const say = (control: string, message: string) => {
    const line = `control ${printable(control, 60)}: ${printable(message)}`;
    if (!told.has(line)) log.warn({}, line);
    told.add(line);
  };
  for (const { control, message } of binding.problems) say(control, message);
  for (const id of binding.strangers) say(id, 'the layout has no such control');
  const hardware = {
    // A board that nobody knows yet may still be plugged in.
    hasDevice: () => true,
    isKnown: (device: string) => store.points(device).size > 0,
    specOf: (device: string, point: string) => store.point(device, point)?.spec,
  };
  store.subscribe({
    described: () => {
      for (const { control, message } of lintHardware(binding, namespace, hardware)) say(control, message);
    },
  });
}
