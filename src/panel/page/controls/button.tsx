import { useEffect, useMemo } from 'preact/hooks';
import type { JsonObject } from '../../../mesh/frame.js';
import { type ControlProps, useControl, useNews } from '../context.js';
import { colour, labelOf, text } from '../fields.js';
import { Icon } from '../icon.js';
import { iconOf } from '../icons.js';
import { solid } from '../ink.js';
import type { Session } from '../session.js';
import { Tile } from '../tile.js';

/** A button, which only commands. */
export function Button({ id, control }: ControlProps) {
  const session = useNews('layout');
  const state = useControl(id);
  const held = useHolder(session, id, control);
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
        {...(held ?? { onClick: () => session.act(id) })}
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

/** What makes a button one that is held, where the output behind it runs only so long. */
function useHolder(session: Session, id: string, control: JsonObject) {
  const holder = useMemo(() => session.holder(id), [session, id, control]);
  useEffect(() => {
    const release = () => holder?.release();
    document.addEventListener('visibilitychange', release);
    addEventListener('blur', release);
    return () => {
      document.removeEventListener('visibilitychange', release);
      removeEventListener('blur', release);
      release();
    };
  }, [holder]);
  if (!holder) return undefined;
  const isPress = ({ key }: KeyboardEvent) => key === ' ' || key === 'Enter';
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      holder.press();
    },
    onPointerUp: () => holder.release(),
    onPointerCancel: () => holder.release(),
    onLostPointerCapture: () => holder.release(),
    onContextMenu: (event: Event) => event.preventDefault(),
    onKeyDown: (event: KeyboardEvent) => isPress(event) && !event.repeat && holder.press(),
    onKeyUp: (event: KeyboardEvent) => isPress(event) && holder.release(),
    onBlur: () => holder.release(),
  };
}
