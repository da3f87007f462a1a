import { useState } from 'preact/hooks';
import { type ControlProps, useControl, useSession } from '../context.js';
import { labelOf, text } from '../fields.js';
import { Tile } from '../tile.js';

/** A line of text; commands on return. */
export function TextInput({ id, control }: ControlProps) {
  const session = useSession();
  const state = useControl(id);
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const value = draft ?? (typeof state?.shown === 'string' ? state.shown : '');
  const send = () => {
    session.act(id, { value });
    setDraft(control['clearOnSubmit'] === true ? '' : undefined);
  };
  return (
    <Tile
      id={id}
      control={control}
      shape="line"
      extra="wide-end"
      end={
        <form
          class="line-form"
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <input
            class="field"
            aria-label={labelOf(control, id)}
            placeholder={text(control, 'placeholder') ?? ''}
            value={value}
            autocomplete="off"
            onInput={({ currentTarget }) => setDraft(currentTarget.value)}
          />
          <button type="submit" class="small">
            Send
          </button>
        </form>
      }
    />
  );
}

/** A colour. */
export function ColourPicker({ id, control }: ControlProps) {
  const session = useSession();
  const state = useControl(id);
  const shown = typeof state?.shown === 'string' ? state.shown.slice(0, 7) : '#000000';
  return (
    <Tile
      id={id}
      control={control}
      shape="line"
      end={
        <input
          type="color"
          class="swatch"
          aria-label={labelOf(control, id)}
          value={shown}
          onChange={({ currentTarget }) => session.act(id, { value: currentTarget.value.toUpperCase() })}
        />
      }
    />
  );
}

const MODES = { date: 'date', time: 'time', dateAndTime: 'datetime-local' } as const;

/** A date, a time, or both; ISO 8601. */
export function DatePicker({ id, control }: ControlProps) {
  const session = useSession();
  const state = useControl(id);
  const mode = text(control, 'datePickerMode');
  const type = MODES[mode === 'time' || mode === 'dateAndTime' ? mode : 'date'];
  const value = inputValue(state?.shown, type);
  return (
    <Tile
      id={id}
      control={control}
      shape="line"
      end={
        <input
          type={type}
          class="field"
          aria-label={labelOf(control, id)}
          value={value}
          onChange={({ currentTarget }) => {
            const chosen =
              type === 'time' ? new Date(`1970-01-01T${currentTarget.value}`) : new Date(currentTarget.value);
            if (!Number.isNaN(chosen.getTime())) session.act(id, { value: chosen.toISOString() });
          }}
        />
      }
    />
  );
}

function inputValue(shown: unknown, type: string): string {
  const date = new Date(typeof shown === 'string' ? shown : '');
  if (Number.isNaN(date.getTime())) return '';
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  return type === 'date' ? local.slice(0, 10) : type === 'time' ? local.slice(11, 16) : local.slice(0, 16);
}
