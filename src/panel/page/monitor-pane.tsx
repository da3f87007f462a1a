import { Pause, Play } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { useNews } from './context.js';
import type { WireLine } from './entries.js';
import { Icon } from './icon.js';
import { Stream } from './stream.js';

const WORDS: Readonly<Record<string, string>> = { in: 'from the device', out: 'to the device', bad: 'unreadable' };
const ARROWS: Readonly<Record<string, string>> = { in: '←', out: '→', bad: '!' };

/** The raw lines of a device's wire, both ways. */
export function MonitorPane({ device, choose }: { device: string | undefined; choose(device: string): void }) {
  const session = useNews('wire');
  useNews('devices');
  const [held, setHeld] = useState<readonly WireLine[] | undefined>(undefined);
  const shown = device ?? session.devices[0]?.id;
  useEffect(() => {
    void session.monitor(shown);
    return () => void session.monitor(undefined);
  }, [session, shown]);
  const lines = held ?? session.wire.lines;
  return (
    <div class="lines-pane">
      <div class="bar-of-tools">
        <select
          class="field"
          aria-label="Device"
          value={shown}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          {session.devices.map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="small"
          aria-pressed={held !== undefined}
          onClick={() => setHeld(held ? undefined : session.wire.lines)}
        >
          <Icon node={held ? Play : Pause} size={16} />
          {held ? 'Go on' : 'Hold'}
        </button>
      </div>
      <Stream label={`Wire of ${shown ?? 'no device'}`} mark={lines}>
        {lines.length === 0 && <p class="nothing-yet">Waiting for lines…</p>}
        {lines.map(({ key, direction, text }) => (
          <div key={key} class={`entry wire ${direction}`}>
            <span class="arrow" title={WORDS[direction]}>
              {ARROWS[direction] ?? ''}
            </span>
            <span>{text}</span>
          </div>
        ))}
      </Stream>
    </div>
  );
}
