import { useEffect, useRef, useState } from 'preact/hooks';
import { decimalsOf, formatValue } from '../../../layout/format-value.js';
import { browserClock } from '../browser-clock.js';
import { type ControlProps, useControl, useSession } from '../context.js';
import { labelOf, number } from '../fields.js';
import { Tile } from '../tile.js';

/** Keys that are held change a slider many times; the last one counts. */
const SETTLE_MS = 120;

/** A slider; commands where it is let go. */
export function Slider({ id, control }: ControlProps) {
  const session = useSession();
  const state = useControl(id);
  const [held, setHeld] = useState<number | undefined>(undefined);
  const settle = useRef<{ cancel(): void } | undefined>(undefined);
  const wish = useRef<number | undefined>(undefined);
  const send = () => {
    settle.current?.cancel();
    if (wish.current !== undefined) session.act(id, { value: wish.current });
    wish.current = undefined;
  };
  // Whoever turns to another tab at once has wished it all the same.
  useEffect(() => send, []);
  const min = number(control, 'min', 0);
  const max = number(control, 'max', 100);
  const step = number(control, 'step', 1);
  const known = typeof state?.shown === 'number' ? state.shown : min;
  const value = held ?? known;
  const commit = (next: number) => {
    settle.current?.cancel();
    wish.current = next;
    settle.current = browserClock.after(SETTLE_MS, () => {
      setHeld(undefined);
      send();
    });
  };
  const shown = formatValue(Number(value.toFixed(decimalsOf(step))), control['formatValue']);
  const part = max > min ? Math.min(1, Math.max(0, (value - min) / (max - min))) : 0;
  return (
    <Tile id={id} control={control} shape="stack" end={<output class="value">{shown}</output>}>
      <input
        type="range"
        class="slide"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-label={labelOf(control, id)}
        aria-valuetext={shown}
        style={{ '--part': `${part * 100}%` }}
        onInput={({ currentTarget }) => setHeld(Number(currentTarget.value))}
        onChange={({ currentTarget }) => commit(Number(currentTarget.value))}
      />
    </Tile>
  );
}
