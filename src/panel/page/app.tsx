import { useState } from 'preact/hooks';
import { useNews, useWide } from './context.js';
import { DevicesPane } from './devices-pane.js';
import { Header } from './header.js';
import { LogPane } from './log-pane.js';
import { MonitorPane } from './monitor-pane.js';
import { Nav, type Section } from './nav.js';
import { Notices } from './notices.js';
import { PhonePane } from './phone-pane.js';

/** From here on the layout and the bench have their places side by side. */
const WIDE = 1000;

/** The whole page: on a small screen one section at a time, on a large one the layout beside the devices. */
export function App() {
  const session = useNews('status');
  const wide = useWide(WIDE);
  const [section, setSection] = useState<Section>('controls');
  const [stream, setStream] = useState<'log' | 'monitor'>('log');
  const [monitored, setMonitored] = useState<string | undefined>(undefined);
  const watchWire = (device: string) => {
    setMonitored(device);
    setStream('monitor');
    setSection('monitor');
  };
  if (session.connection === 'stranger') return <Stranger />;
  const monitor = <MonitorPane device={monitored} choose={setMonitored} />;
  return (
    <div class={`app ${wide ? 'wide' : 'narrow'}`}>
      <Header />
      {session.connection === 'lost' && (
        <p class="banner" role="alert">
          The bridge is not reached. What you see is old; trying again…
        </p>
      )}
      <main>
        {(wide || section === 'controls') && <PhonePane />}
        {wide ? (
          <div class="side">
            <DevicesPane watchWire={watchWire} />
            <section class="pane stream" aria-label="What goes on">
              <Nav
                small
                sections={['log', 'monitor']}
                now={stream}
                choose={(next) => setStream(next as 'log' | 'monitor')}
              />
              {stream === 'log' ? <LogPane /> : monitor}
            </section>
          </div>
        ) : (
          <>
            {section === 'devices' && <DevicesPane watchWire={watchWire} />}
            {section === 'monitor' && monitor}
            {section === 'log' && <LogPane />}
          </>
        )}
      </main>
      {!wide && <Nav sections={['controls', 'devices', 'monitor', 'log']} now={section} choose={setSection} />}
      <Notices />
    </div>
  );
}

function Stranger() {
  return (
    <main class="stranger">
      <h1>carter-bridge</h1>
      <p>This browser is not let in any more. Print a new link on the machine that runs the bridge:</p>
      <pre>carter-bridge panel</pre>
    </main>
  );
}
