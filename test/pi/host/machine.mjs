// The virtual Pi: an emulated machine that boots an image, with a console to read and a monitor to plug things with.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Chardevs behind which boards can be plugged in. */
export const SOCKETS = ['board0', 'board1'];

/**
 * Starts the machine; `sh` says where its sockets are. Hardware virtualisation is not asked for: many build machines lack
 * it, and figures would not compare.
 */
export function startMachine({ kernel, image, folder }) {
  const path = (name) => join(folder, `${name}.sock`);
  const server = (name) => `socket,id=${name},path=${path(name)},server=on,wait=off`;
  const args = [
    ['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt', '-smp', '1'],
    ['-m', '1024', '-nodefaults', '-no-reboot', '-nic', 'none', '-display', 'none', '-serial', 'stdio'],
    ['-kernel', kernel, '-initrd', image, '-append', 'console=ttyS0 quiet panic=1'],
    ['-device', 'qemu-xhci,id=xhci', ...SOCKETS.flatMap((name) => ['-chardev', server(name)])],
    ['-device', 'virtio-serial-pci', '-chardev', server('desk'), '-device', 'virtserialport,chardev=desk,name=desk'],
    ['-qmp', `unix:${path('monitor')},server=on,wait=off`],
  ].flat();
  const child = spawn('qemu-system-x86_64', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`qemu-system-x86_64 does not start: ${error.message}`)));
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  return { lines: createInterface({ input: child.stdout }), ended, path, kill: () => child.kill('SIGKILL') };
}
