import type { Clock, Timer } from '../../clock.js';
import type { Emit, Stage } from './filter.js';

/** Passes `slow` once it has lasted for `ms`, and its contrary at once. */
export function delayed(slow: boolean, ms: number, emit: Emit<boolean>, clock: Clock): Stage<boolean> {
  let timer: Timer | undefined;
  let passed: boolean | undefined;
  let newest = 0;
  const drop = () => {
    timer?.cancel();
    timer = undefined;
  };
  const pass = (value: boolean, at: number) => {
    drop();
    passed = value;
    emit(value, at);
  };
  return {
    take: (value, at) => {
      newest = at;
      if (value !== slow || passed === slow) pass(value, at);
      else timer ??= clock.after(ms, () => pass(slow, newest));
    },
    reset: () => {
      drop();
      passed = undefined;
    },
  };
}
