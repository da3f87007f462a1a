import { describe, expect, it } from 'vitest';
import { adaptersCheck } from '../../src/doctor/adapters.js';
import { consoleCheck } from '../../src/doctor/console.js';
import { groupsCheck } from '../../src/doctor/groups.js';
import { latencyCheck } from '../../src/doctor/latency.js';
import { modemManagerCheck } from '../../src/doctor/modem-manager.js';
import { portsCheck } from '../../src/doctor/ports.js';
import { adapter, madeUp } from '../support/made-up-machine.js';

const device = (port: unknown) => ({ driver: 'lines', options: { port } });

describe('the serial ports of a made-up machine', () => {
  it('are named with who is behind them and the name for a config', async () => {
    const byId = '/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0';
    const subject = madeUp(adapter('ttyUSB0', '1a86:7523', { [byId]: { to: '/dev/ttyUSB0' } }));
    const { root } = subject;
    expect(await portsCheck(subject)).toEqual([
      {
        check: 'ports',
        level: 'ok',
        text: `${root}/dev/ttyUSB0 is USB 1a86:7523 USB Serial; in a config: ${root}${byId}.`,
      },
    ]);
  });

  it('are missed where there are none', async () => {
    expect(await portsCheck(madeUp())).toMatchObject([{ level: 'hint', fix: 'carter-bridge bench' }]);
  });

  const held = { ...adapter('ttyUSB0'), '/proc/4711/comm': 'minicom\n', '/proc/4711/fd/3': { to: '/dev/ttyUSB0' } };

  it('are told to be held by another program', async () => {
    const [finding] = await portsCheck(madeUp(held));
    expect(finding).toMatchObject({ level: 'warn', fix: 'ps -fp 4711' });
    expect(finding?.text).toMatch(/^ttyUSB0 is held by minicom \(pid 4711\)/);
  });

  it('are the bridge’s own when its process holds them', async () => {
    const subject = { ...madeUp(held), bridge: { is: 'running', status: { ok: true, pid: 4711 } } as const };
    expect(await portsCheck(subject)).toMatchObject([{ level: 'ok' }]);
  });

  it('are missed where the config names them', async () => {
    const devices = new Map([
      ['meter', device('/dev/ttyUSB7')],
      ['board', device('auto')],
      ['other', device({ vendorId: '2341', productId: '0043' })],
      ['there', device('/dev/ttyUSB0')],
    ]);
    const findings = await portsCheck({ ...madeUp(adapter('ttyUSB0')), devices });
    const bad = findings.filter(({ level }) => level === 'bad').map(({ text }) => text);
    expect(bad).toEqual([
      expect.stringMatching(/^meter: .*\/dev\/ttyUSB7 does not exist\.$/),
      'other: no serial port of USB device 2341:0043 is plugged in.',
    ]);
  });
});

describe('ModemManager', () => {
  const running = { '/proc/612/comm': 'ModemManager\n', '/proc/self/comm': 'ModemManager\n' };

  it('is no trouble where it does not run', () => {
    expect(modemManagerCheck(madeUp({ '/proc/self/comm': 'ModemManager\n' }))).toMatchObject([{ level: 'ok' }]);
  });

  it('is trouble where nothing keeps it away', () => {
    expect(modemManagerCheck(madeUp(running))).toMatchObject([
      { level: 'warn', fix: expect.stringContaining('/opt/carter-bridge/scripts/udev/70-carter-bridge.rules') },
    ]);
  });

  it('is kept away by the rules', () => {
    const rules = { '/etc/udev/rules.d/70-carter-bridge.rules': 'ENV{ID_MM_DEVICE_IGNORE}="1"\n' };
    expect(modemManagerCheck(madeUp({ ...running, ...rules }))).toMatchObject([{ level: 'ok' }]);
  });
});

describe('USB adapters without a serial port', () => {
  const bare = {
    '/sys/bus/usb/devices/1-1/idVendor': '1a86\n',
    '/sys/bus/usb/devices/1-1/idProduct': '7523\n',
    '/sys/bus/usb/devices/1-1/1-1:1.0/bInterfaceClass': 'ff\n',
  };
  const brltty = { '/usr/lib/udev/rules.d/85-brltty.rules': '' };

  it('are blamed on brltty where it is installed', () => {
    const [finding] = adaptersCheck(madeUp({ ...bare, ...brltty }));
    expect(finding).toMatchObject({ level: 'bad', fix: expect.stringContaining('apt remove brltty') });
    expect(finding?.text).toBe('The USB adapter 1a86:7523 in socket 1-1 has no serial port: brltty has claimed it.');
  });

  it('are told where it is not', () => {
    expect(adaptersCheck(madeUp(bare))).toMatchObject([{ level: 'bad', fix: expect.stringContaining('dmesg') }]);
  });

  it.each([
    ['1-1:1.0/ttyUSB0/port_number', 'ttyUSB'],
    ['1-1:1.0/tty/ttyACM0/dev', 'ttyACM'],
  ])('are none with %s', (port) => {
    const subject = madeUp({ ...bare, [`/sys/bus/usb/devices/1-1/${port}`]: '0' });
    expect(adaptersCheck(subject)).toMatchObject([{ level: 'ok' }]);
  });

  it('warn of brltty before anything is plugged in, and leave other devices alone', () => {
    const mouse = { '/sys/bus/usb/devices/1-2/idVendor': '046d\n', '/sys/bus/usb/devices/1-2/idProduct': 'c077\n' };
    expect(adaptersCheck(madeUp({ ...mouse, ...brltty }))).toMatchObject([{ level: 'hint' }]);
    expect(adaptersCheck(madeUp(mouse))).toMatchObject([{ level: 'ok' }]);
  });
});

describe('the latency timer of an FTDI adapter', () => {
  const ftdi = (ms: string) =>
    madeUp(adapter('ttyUSB0', '0403:6001', { '/sys/devices/usb1/1-1/1-1:1.0/ttyUSB0/latency_timer': ms }));

  it.each([
    ['16\n', 'hint'],
    ['1\n', 'ok'],
  ])('of %j ms is %s', (ms, level) => {
    expect(latencyCheck(ftdi(ms))).toMatchObject([{ level }]);
  });

  it('is named with the command that changes it', () => {
    expect(latencyCheck(ftdi('16'))[0]?.fix).toBe('echo 1 | sudo tee /sys/class/tty/ttyUSB0/device/latency_timer');
    expect(latencyCheck(madeUp(adapter('ttyUSB0')))).toEqual([]);
  });
});

describe('groups', () => {
  const group = (line: string) => ({ '/etc/group': `root:x:0:\n${line}\n` });
  const pi = (groups: number[]) => ({ user: { uid: 1000, name: 'pi', groups } });

  it.each([
    ['a member', group('dialout:x:20:pi'), [1000, 20], 'ok', undefined],
    ['a member since after logging in', group('dialout:x:20:pi'), [1000], 'warn', 'newgrp dialout'],
    ['no member', group('dialout:x:20:anna'), [1000], 'bad', 'sudo usermod -aG dialout pi   # then log in again'],
    ['no group', group('other:x:30:'), [1000], 'bad', 'sudo groupadd --system dialout'],
  ])('%s', (_what, tree, groups, level, fix) => {
    const [finding] = groupsCheck(madeUp(tree, pi(groups)));
    expect(finding).toMatchObject({ check: 'groups', level });
    expect(finding?.fix).toBe(fix);
  });

  it('of GPIO pins count where there are chips', () => {
    const tree = { '/etc/group': 'dialout:x:20:\ngpio:x:997:\n', '/dev/gpiochip0': '' };
    expect(groupsCheck(madeUp(tree, pi([20]))).map(({ level }) => level)).toEqual(['ok', 'bad']);
    expect(groupsCheck(madeUp(tree, pi([20, 997]))).map(({ level }) => level)).toEqual(['ok', 'ok']);
  });

  it('are nothing that root needs', () => {
    expect(groupsCheck(madeUp({}, { user: { uid: 0, name: 'root', groups: [] } }))).toMatchObject([{ level: 'ok' }]);
  });

  const unit = {
    '/etc/systemd/system/carter-bridge.service':
      '[Service]\nUser=carter-bridge\nSupplementaryGroups=dialout gpio\nExecStart=/usr/bin/node /opt/main.js run\n',
  };
  const user = {
    '/etc/passwd': 'root:x:0:0::/root:/bin/sh\ncarter-bridge:x:990:990::/var/lib/carter-bridge:/bin/false\n',
  };

  it.each([
    ['well set up', { ...unit, ...user, ...group('dialout:x:20:\ngpio:x:997:') }, 'ok', /runs as carter-bridge/],
    [
      'without its user',
      { ...unit, ...group('dialout:x:20:\ngpio:x:997:') },
      'bad',
      /user carter-bridge does not exist/,
    ],
    ['without a group', { ...unit, ...user, ...group('dialout:x:20:') }, 'bad', /group gpio does not exist/],
  ])('a service %s', (_what, tree, level, text) => {
    const finding = groupsCheck(madeUp(tree, pi([20]))).at(-1);
    expect(finding).toMatchObject({ level, text: expect.stringMatching(text) });
  });

  it('of a user beside a service are only a hint', () => {
    const tree = { ...unit, ...user, ...group('dialout:x:20:\ngpio:x:997:') };
    expect(groupsCheck(madeUp(tree, pi([])))[0]).toMatchObject({ level: 'hint' });
  });
});

describe('the login console', () => {
  const uart = { '/dev/ttyS0': '', '/dev/serial0': { to: '/dev/ttyS0' } };
  const cmdline = { '/boot/firmware/cmdline.txt': 'console=serial0,115200 console=tty1 root=PARTUUID=1-02\n' };
  const wired = new Map([['pump', device('/dev/serial0')]]);

  it('on the port of a device is bad, under whatever name', () => {
    for (const port of ['/dev/serial0', '/dev/ttyS0']) {
      const devices = new Map([['pump', device(port)]]);
      expect(consoleCheck({ ...madeUp({ ...uart, ...cmdline }), devices })).toMatchObject([
        { level: 'bad', text: expect.stringContaining(`pump: ${port} is also the login console`) },
      ]);
    }
  });

  it('is taken away by a command that leaves the rest of the line alone', async () => {
    const { fix = '' } = consoleCheck({ ...madeUp({ ...uart, ...cmdline }), devices: wired })[0] ?? {};
    const { execFileSync } = await import('node:child_process');
    const program = /'(.*)'/.exec(fix)?.[1] ?? '';
    const input = 'console=serial0,115200 console=tty1 root=PARTUUID=1-02\n';
    expect(execFileSync('sed', ['-E', program], { input, encoding: 'utf8' })).toBe('console=tty1 root=PARTUUID=1-02\n');
  });

  it('elsewhere is a hint, and none is none', () => {
    expect(consoleCheck(madeUp({ ...uart, ...cmdline }))).toMatchObject([{ level: 'hint' }]);
    expect(consoleCheck({ ...madeUp(uart), devices: wired })).toMatchObject([{ level: 'ok' }]);
    expect(consoleCheck(madeUp(cmdline))).toMatchObject([{ level: 'ok' }]);
  });

  it('is not the only one that may have the port: Bluetooth', () => {
    const tree = { '/dev/ttyAMA0': '', '/dev/serial1': { to: '/dev/ttyAMA0' }, '/sys/class/bluetooth/hci0/x': '' };
    const devices = new Map([['pump', device('/dev/ttyAMA0')]]);
    expect(consoleCheck({ ...madeUp(tree), devices })).toMatchObject([
      { level: 'bad', text: expect.stringContaining('Bluetooth') },
    ]);
  });
});
