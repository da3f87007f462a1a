import { useEffect, useRef, useState } from 'preact/hooks';
import { isObject, type JsonObject } from '../../mesh/frame.js';
import { useNews } from './context.js';
import { ControlView } from './control-view.js';
import { text } from './fields.js';
import { Grid } from './grid.js';
import { Icon } from './icon.js';
import { iconOf } from './icons.js';

/** The layout as a phone shows it, a tab at a time. */
export function PhonePane() {
  const session = useNews('layout');
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const list = useRef<HTMLDivElement>(null);
  const layout = session.phone?.layout;
  const tabs = Array.isArray(layout?.['tabs']) ? layout['tabs'].filter(isObject) : [];
  const titles = tabs.map((tab, i) => text(tab, 'title') ?? `Tab ${i + 1}`);
  const at = Math.max(0, titles.indexOf(chosen ?? ''));
  const tab: JsonObject | undefined = tabs[at];
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [at]);
  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = (at + by + tabs.length) % tabs.length;
    setChosen(titles[next]);
    list.current?.querySelectorAll('button')[next]?.focus();
  };
  return (
    <section class="pane phone" aria-label={text(layout ?? {}, 'headerTitle') ?? 'Layout'}>
      <div class="tabs" role="tablist" aria-label="Tabs of the layout" ref={list} onKeyDown={move}>
        {tabs.map((entry, i) => (
          <button
            key={titles[i]}
            type="button"
            role="tab"
            id={`tab-${i}`}
            aria-controls="tab-panel"
            aria-selected={i === at}
            tabIndex={i === at ? 0 : -1}
            onClick={() => setChosen(titles[i])}
          >
            <Icon node={iconOf(entry['icon'])} size={16} />
            {titles[i]}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${at}`} tabIndex={0}>
        {tab ? (
          <Grid key={titles[at]} container={tab} View={ControlView} />
        ) : (
          <p class="nothing-yet">Waiting for the layout…</p>
        )}
      </div>
    </section>
  );
}
