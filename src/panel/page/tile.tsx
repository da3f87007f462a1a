import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ageText } from './age.js';
import { browserClock } from './browser-clock.js';
import { type ControlProps, useControl, useNews, useSession } from './context.js';
import { colour, labelOf } from './fields.js';
import { Icon } from './icon.js';
import { iconOf } from './icons.js';

/** How a control's frame is laid out: in one line, or one part above the other. */
export type Shape = 'line' | 'stack' | 'bare';

interface TileProps extends ControlProps {
  shape: Shape;
  children?: ComponentChildren;
  /** What stands at the end of the line with the label. */
  end?: ComponentChildren;
  /** True where the control's own element carries the label. */
  unlabelled?: boolean;
  extra?: string;
}

/** The frame of a control: its label, how good and how old its value is, whether a tap waits, why one was refused. */
export function Tile({ id, control, shape, children, end, unlabelled = false, extra = '' }: TileProps) {
  const state = useControl(id);
  const session = useSession();
  const point = session.pointOf(id);
  useNews(point === undefined ? 'none' : `point:${point}`);
  const quality = point === undefined ? undefined : session.noteOf(point)?.quality;
  const tint = colour(control['tint']);
  const bare = control['hideBackground'] === true || shape === 'bare';
  return (
    <fieldset
      class={`tile ${shape} ${bare ? 'plain' : ''} ${extra}`}
      data-control={id}
      disabled={!session.allows(id)}
      data-quality={quality}
      data-pending={state?.pending ? 'true' : undefined}
      data-refused={state?.refusal?.code}
      aria-busy={state?.pending ? 'true' : undefined}
      style={tint ? { '--tint': tint } : undefined}
    >
      {!unlabelled && (
        <div class="caption">
          <Icon node={iconOf(control['icon'])} />
          <span class="name">
            {control['hideLabel'] !== true && <span class="label">{labelOf(control, id)}</span>}
            <Note id={id} point={point} />
          </span>
          {end !== undefined && <span class="end">{end}</span>}
        </div>
      )}
      {children}
    </fieldset>
  );
}

/** The small words below a label. */
function Note({ id, point }: { id: string; point: string | undefined }) {
  const state = useControl(id);
  if (state?.pending) return <span class="note waiting">sending…</span>;
  if (state?.refusal) {
    const { code, message } = state.refusal;
    return (
      <span class="note refused" title={message || code}>
        refused: {message || code}
      </span>
    );
  }
  return point === undefined ? null : <Age point={point} />;
}

function Age({ point }: { point: string }) {
  const session = useNews('ages');
  useNews(`point:${point}`);
  useSecond();
  const note = session.noteOf(point);
  if (!note) return null;
  const age = note.at === undefined ? undefined : session.now() - note.at;
  if (note.quality === 'good') return <span class="note">{age === undefined ? '' : ageText(age)}</span>;
  const words = note.quality === 'unknown' ? 'no value' : note.quality;
  return <span class={`note ${note.quality}`}>{age === undefined ? words : `${words}, ${ageText(age)}`}</span>;
}

const SECOND = 1_000;

function useSecond(): void {
  const [, again] = useState(0);
  useEffect(() => {
    let timer = browserClock.after(SECOND, tick);
    function tick() {
      timer = browserClock.after(SECOND, tick);
      again((n) => n + 1);
    }
    return () => timer.cancel();
  }, []);
}
