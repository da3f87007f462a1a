import { Cable, Check } from 'lucide';
import { useState } from 'preact/hooks';
import { useNews } from './context.js';
import type { DeviceEntry } from './entries.js';
import { Icon } from './icon.js';

/** All devices: how they are, and what can be done about it. */
export function DevicesPane({ watchWire }: { watchWire(device: string): void }) {
  const session = useNews('devices');
  return (
    <section class="pane devices" aria-label="Devices">
      <h2>Devices</h2>
      {session.devices.length === 0 && (
        <p class="nothing-yet">No devices yet. Plug in a board that says who it is, or name one in the config.</p>
      )}
      <ul>
        {session.devices.map((device) => (
          <Device
            key={device.id}
            device={device}
            mayApprove={!session.looksOnly}
            approve={() => session.approve(device)}
            watchWire={() => watchWire(device.id)}
          />
        ))}
      </ul>
    </section>
  );
}

interface DeviceProps {
  device: DeviceEntry;
  mayApprove: boolean;
  approve(): Promise<void>;
  watchWire(): void;
}

function Device({ device, mayApprove, approve, watchWire }: DeviceProps) {
  const [asked, setAsked] = useState(false);
  const { id, driver, health, points, outputs, dropped, trouble, name, firmware } = device;
  const facts = [
    driver,
    `${points} ${points === 1 ? 'point' : 'points'}`,
    ...(firmware === undefined ? [] : [`firmware ${firmware}`]),
    ...(dropped > 0 ? [`${dropped} unreadable ${dropped === 1 ? 'line' : 'lines'}`] : []),
  ];
  const needsConsent = !device.approved && outputs > 0;
  return (
    <li class="device" data-device={id} data-health={health}>
      <span class={`lamp ${health}`} />
      <div class="device-words">
        <strong>{id}</strong>
        {name !== undefined && name !== id && <span class="device-name">{name}</span>}
        <span class="device-health">{health}</span>
        <span class="note">{facts.join(' · ')}</span>
        {trouble !== undefined && <span class="note refused">{trouble}</span>}
        {needsConsent && (
          <span class="note">
            Its outputs stay off until {mayApprove ? 'you approve them' : 'an operator approves them'}.
          </span>
        )}
      </div>
      {needsConsent && mayApprove && (
        <button
          type="button"
          class="small strong"
          disabled={asked}
          onClick={() => {
            setAsked(true);
            void approve().finally(() => setAsked(false));
          }}
        >
          <Icon node={Check} size={16} />
          Approve
        </button>
      )}
      <button
        type="button"
        class="round"
        aria-label={`Watch the wire of ${id}`}
        title="Watch its wire"
        onClick={watchWire}
      >
        <Icon node={Cable} />
      </button>
    </li>
  );
}
