import type { Binding } from './layout/bind.js';
import { lintHardware } from './layout/lint-hardware.js';
import type { Log } from './log.js';
import { DERIVED } from './state/derived.js';
import type { Store } from './state/store.js';
import { printable } from './text.js';

/** Says once what disagrees between a bound layout and devices, as soon as these have said which points they have; the returned function ends that. */
export function watchBinding(binding: Binding, namespace: string, store: Store, log: Log): () => void {
  const told = new Set<string>();
  const say = (control: string, code: string, message: string) => {
    // Not by the message: a board may describe itself anew again and again, each time with other limits.
    const key = `${control} ${code}`;
    if (!told.has(key)) log.warn({}, `control ${printable(control, 60)}: ${printable(message)}`);
    told.add(key);
  };
  for (const { control, code, message } of binding.problems) say(control, code, message);
  for (const id of binding.strangers) say(id, 'stranger', 'the layout has no such control');
  const hardware = {
    // A board that nobody knows yet may still be plugged in.
    hasDevice: () => true,
    // A derived point whose type is another one's is described once that one is.
    isKnown: (device: string, point: string) =>
      store.points(device).size > 0 && (device !== DERIVED || store.point(device, point) !== undefined),
    specOf: (device: string, point: string) => store.point(device, point)?.spec,
  };
  return store.subscribe({
    described: () => {
      for (const { control, code, message } of lintHardware(binding, namespace, hardware)) say(control, code, message);
    },
  });
}

/** The same for whichever layout is there now. */
export class BindingWatch {
  private end: (() => void) | undefined;

  constructor(
    private readonly phones: { readonly layout: { readonly binding: Binding | undefined } },
    private readonly namespace: string,
    private readonly store: Store,
    private readonly log: Log,
  ) {}

  /** Watches the layout that is there now, and no other one. */
  renew(): void {
    this.end?.();
    const { binding } = this.phones.layout;
    this.end = binding && watchBinding(binding, this.namespace, this.store, this.log);
  }
}
