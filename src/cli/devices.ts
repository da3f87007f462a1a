import { holders, listPorts } from '../port/serial-path.js';
import { printable } from '../text.js';
import { type CliContext, EXIT } from './context.js';

/** `devices`: the serial ports of this machine, what is behind them, the name to put into a config, and who holds them; and whether there is GPIO. */
export async function devicesCommand(context: CliContext): Promise<number> {
  const ports = await listPorts();
  if (ports.length === 0) {
    context.out('no serial ports found; plug a board in, or try `carter-bridge bench` without one');
  }
  for (const port of ports) {
    const { usb } = port;
    const identity = usb ? `${usb.vendorId}:${usb.productId}${usb.serialNumber ? ` ${usb.serialNumber}` : ''}` : '';
    const product = usb ? [usb.manufacturer, usb.product].filter(Boolean).join(' ') : 'not USB';
    context.out(`${port.path}\t${printable(identity)}\t${printable(product)}`);
    context.out(`  port: ${port.byId ?? port.byPath ?? port.path}`);
    for (const { pid, command } of await holders(port.path)) {
      context.out(`  held by ${printable(command)} (pid ${pid})`);
    }
  }
  context.out(`GPIO: ${await context.gpio()}`);
  return EXIT.ok;
}
