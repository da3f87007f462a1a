import { formatValue } from '../../../layout/format-value.js';
import { lookUp } from '../../../layout/value-map.js';
import { isObject } from '../../../mesh/frame.js';
import { type ControlProps, useControl } from '../context.js';
import { colour, labelOf, text } from '../fields.js';
import { Icon } from '../icon.js';
import { iconOf } from '../icons.js';
import { Tile } from '../tile.js';

/** A value as text. */
export function Label({ id, control }: ControlProps) {
  const state = useControl(id);
  const value = state?.shown;
  const style = text(control, 'style') ?? 'default';
  const shown =
    value === undefined
      ? (text(control, 'text') ?? '—')
      : (lookUp(control['valueMap'], value) ?? formatValue(value, control['formatValue']));
  const tone = colour(lookUp(control['colorMap'], value));
  const said = (
    <span class={`said ${style}`} style={tone ? { '--tone': tone } : undefined} data-toned={tone ? 'true' : undefined}>
      <Icon node={iconOf(lookUp(control['iconMap'], value))} />
      {shown}
    </span>
  );
  const large = ['headline', 'title', 'large-mono'].includes(style);
  if (control['label'] === undefined) {
    return (
      <Tile id={id} control={control} shape="line" unlabelled>
        {said}
      </Tile>
    );
  }
  return large ? (
    <Tile id={id} control={control} shape="stack" extra="big">
      {said}
    </Tile>
  ) : (
    <Tile id={id} control={control} shape="line" end={said} extra="text" />
  );
}

/** A word with its colour. */
export function StatusLight({ id, control }: ControlProps) {
  const state = useControl(id);
  const word = typeof state?.shown === 'string' ? state.shown : '';
  const colours = isObject(control['statusColors']) ? control['statusColors'] : {};
  const tone = colour(colours[word]) ?? 'var(--dim)';
  const badge = text(control, 'style') === 'badge';
  const small = text(control, 'size') === 'small';
  const light = (
    <span class={`light ${badge ? 'badge' : 'dot'}`} style={{ '--tone': tone }}>
      <span class="lamp" />
      <span>{word || '—'}</span>
    </span>
  );
  if (small || control['hideLabel'] === true) {
    return (
      <Tile id={id} control={control} shape="bare" unlabelled extra="only-light">
        <span class="unseen">{labelOf(control, id)}: </span>
        {light}
      </Tile>
    );
  }
  return <Tile id={id} control={control} shape="line" end={light} />;
}
