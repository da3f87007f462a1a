import { describe, expect, it } from 'vitest';
import { Quadrature } from '../../devices/gpio/encoder.js';

/** One full turn to the right: the pin that changes, and its level then. */
const RIGHT = [
  ['a', true],
  ['b', true],
  ['a', false],
  ['b', false],
] as const;

describe('Quadrature', () => {
  it('loses no step to a look that sees the pins before their edges are heard', () => {
    const turn = new Quadrature();
    turn.begin(false, false);
    const level = { a: false, b: false };
    for (let n = 0; n < 100; n++) {
      const [which, active] = RIGHT[n % 4] ?? ['a', true];
      level[which] = active;
      turn.look(level.a, level.b);
      turn.change(which, active);
    }
    expect(turn.steps).toBe(100);
  });

  it('loses none where two edges are on their way', () => {
    const turn = new Quadrature();
    turn.begin(false, false);
    turn.look(true, true);
    turn.change('a', true);
    turn.change('b', true);
    expect(turn.steps).toBe(2);
  });

  it('believes two looks against edges that never came', () => {
    const turn = new Quadrature();
    turn.begin(false, false);
    turn.look(true, false);
    turn.look(true, false);
    turn.change('b', true);
    expect(turn.steps).toBe(1);
  });
});
