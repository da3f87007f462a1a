import { describe, expect, it } from 'vitest';
import { type FirstConfig, firstConfig } from '../../src/cli/init.js';
import { listPorts, type SerialPortEntry } from '../../src/port/serial-path.js';
import { newToken } from '../../src/relay/token.js';
import { parse, problemsOf } from '../support/config-problems.js';
import { adapter, madeUp } from '../support/made-up-machine.js';

const made = (given: Partial<FirstConfig> = {}) =>
  firstConfig({ hostname: 'pi', token: 'a-token-of-a-relay', ports: [], gpio: 'there is none', ...given });
/** What is there once the reader has done what the comments say. */
const uncommented = (text: string) =>
  text.slice(0, text.indexOf('#\n# devices:')) + text.slice(text.indexOf('# devices:')).replace(/^# ?/gm, '');

describe('a first config', () => {
  it('has a name, a relay for the house with its token, and the panel', () => {
    expect(parse(made())).toMatchObject({
      bridge: { name: 'pi-bridge', namespace: 'pi-bridge' },
      relay: { embedded: { host: '0.0.0.0', port: 8765 }, channel: 'home', token: 'a-token-of-a-relay' },
      panel: { host: '127.0.0.1', port: 8080 },
      devices: new Map(),
      discover: true,
    });
  });

  it('holds whatever the machine is called', () => {
    for (const hostname of ['', 'null', '1e3', 'a: b', 'ä"\\', 'x'.repeat(200), '\u001b[2J\n'])
      expect(problemsOf(made({ hostname, token: newToken() }))).toEqual([]);
  });

  it('proposes the ports that are plugged in, by their lasting names', () => {
    const byId = '/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0';
    const { machine, root } = madeUp(adapter('ttyUSB0', '1a86:7523', { [byId]: { to: '/dev/ttyUSB0' } }));
    const text = made({ ports: listPorts(machine.roots) });
    expect(text).toContain(`#   # ${root}/dev/ttyUSB0 is USB 1a86:7523 USB Serial\n`);
    const { devices } = parse(uncommented(text));
    expect([...devices.keys()]).toEqual(['serial1', 'pins']);
    expect(devices.get('serial1')).toMatchObject({ driver: 'lines', options: { port: `${root}${byId}`, baud: 9600 } });
  });

  it('shows where devices go where nothing is plugged in, and breaks no line for what devices call themselves', () => {
    expect([...parse(uncommented(made())).devices.keys()]).toEqual(['meter', 'pins']);
    const usb = { vendorId: '1a86', productId: '7523', product: 'x\nevil: true' };
    const port: SerialPortEntry = { path: '/dev/ttyUSB0', usb, byId: '/dev/serial/by-id/a"\nb: c' };
    const text = made({ ports: [port] });
    expect(text).not.toMatch(/^(evil|b):/m);
    expect(problemsOf(text)).toEqual([]);
  });
});
