import { type ControlProps, useControl, useSession } from '../context.js';
import { labelOf } from '../fields.js';
import { Tile } from '../tile.js';

/** A switch. */
export function Toggle({ id, control }: ControlProps) {
  const session = useSession();
  const state = useControl(id);
  const on = state?.shown === true;
  return (
    <Tile
      id={id}
      control={control}
      shape="line"
      end={
        <button
          type="button"
          role="switch"
          class="switch"
          aria-checked={on}
          aria-label={labelOf(control, id)}
          onClick={() => session.act(id, { value: !on })}
        >
          <span class="knob" />
        </button>
      }
    />
  );
}
