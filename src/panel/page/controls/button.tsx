import { type ControlProps, useControl, useSession } from '../context.js';
import { colour, labelOf, text } from '../fields.js';
import { Icon } from '../icon.js';
import { iconOf } from '../icons.js';
import { solid } from '../ink.js';
import { Tile } from '../tile.js';

/** A button, which only commands. */
export function Button({ id, control }: ControlProps) {
  const session = useSession();
  const state = useControl(id);
  const style = text(control, 'style') ?? 'filled';
  const label = labelOf(control, id);
  const icon = iconOf(control['icon']);
  const bare = (style === 'icon-only' && icon !== undefined) || control['hideLabel'] === true;
  return (
    <Tile id={id} control={control} shape="bare" unlabelled>
      <button
        type="button"
        class={`push ${style}`}
        style={style === 'filled' ? solid(colour(control['tint'])) : undefined}
        onClick={() => session.act(id)}
        aria-label={bare ? label : undefined}
        title={bare ? label : undefined}
      >
        <Icon node={icon} size={20} />
        {!bare && <span>{label}</span>}
      </button>
      {state?.refusal && <span class="note refused">refused: {state.refusal.message || state.refusal.code}</span>}
    </Tile>
  );
}
