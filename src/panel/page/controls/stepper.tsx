import { Minus, Plus } from 'lucide';
import { decimalsOf, formatValue } from '../../../layout/format-value.js';
import { type ControlProps, useControl, useSession } from '../context.js';
import { labelOf, number } from '../fields.js';
import { Icon } from '../icon.js';
import { Tile } from '../tile.js';

/** A number that goes up and down by steps. */
export function Stepper({ id, control }: ControlProps) {
  const session = useSession();
  const state = useControl(id);
  const min = number(control, 'min', 0);
  const max = number(control, 'max', 100);
  const step = number(control, 'step', 1);
  const value = typeof state?.shown === 'number' ? state.shown : number(control, 'defaultValue', min);
  const label = labelOf(control, id);
  const go = (by: number) => {
    const next = Math.min(max, Math.max(min, Number((value + by).toFixed(decimalsOf(step)))));
    session.act(id, { value: next });
  };
  return (
    <Tile
      id={id}
      control={control}
      shape="line"
      end={
        <span class="stepper">
          <button type="button" aria-label={`${label}: less`} disabled={value <= min} onClick={() => go(-step)}>
            <Icon node={Minus} />
          </button>
          <output aria-label={label}>{formatValue(value, control['formatValue'])}</output>
          <button type="button" aria-label={`${label}: more`} disabled={value >= max} onClick={() => go(step)}>
            <Icon node={Plus} />
          </button>
        </span>
      }
    />
  );
}
