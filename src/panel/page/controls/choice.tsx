import { type ControlProps, useControl, useSession } from '../context.js';
import { labelOf, texts } from '../fields.js';
import { Tile } from '../tile.js';

/** A few words side by side, one of them chosen. */
export function Segments({ id, control }: ControlProps) {
  const session = useSession();
  const state = useControl(id);
  const options = texts(control, 'options');
  return (
    <Tile
      id={id}
      control={control}
      shape="line"
      extra="wide-end"
      end={
        <fieldset class="segments">
          <legend class="unseen">{labelOf(control, id)}</legend>
          {options.map((option) => (
            <label key={option} class={state?.shown === option ? 'chosen' : ''}>
              <input
                type="radio"
                name={id}
                value={option}
                checked={state?.shown === option}
                onChange={() => session.act(id, { value: option })}
              />
              <span>{option}</span>
            </label>
          ))}
        </fieldset>
      }
    />
  );
}

/** A menu of words. */
export function Picker({ id, control }: ControlProps) {
  const session = useSession();
  const state = useControl(id);
  const options = texts(control, 'options');
  const shown = typeof state?.shown === 'string' ? state.shown : '';
  return (
    <Tile
      id={id}
      control={control}
      shape="line"
      end={
        <select
          class="field"
          aria-label={labelOf(control, id)}
          value={shown}
          onChange={({ currentTarget }) => session.act(id, { value: currentTarget.value })}
        >
          {!options.includes(shown) && <option value={shown}>{shown || '—'}</option>}
          {options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      }
    />
  );
}
