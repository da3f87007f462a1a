import { describe, expect, it } from 'vitest';
import { gpioCheck } from '../../src/doctor/gpio.js';
import { nodeCheck } from '../../src/doctor/node.js';
import { powerCheck } from '../../src/doctor/power.js';
import { serviceCheck } from '../../src/doctor/service.js';
import { judge, storageCheck } from '../../src/doctor/storage.js';
import { systemCheck } from '../../src/doctor/system.js';
import { timeCheck } from '../../src/doctor/time.js';
import { MadeUpChip, MadeUpKernel } from '../support/made-up-kernel.js';
import { madeUp, type Tree } from '../support/made-up-machine.js';
import { VirtualClock } from '../support/virtual-clock.js';

const PI = { '/proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.5\0' };

describe('the system', () => {
  it.each([
    ['6.6.31+rpt-rpi-v8', ['ok'], 'Linux 6.6.31+rpt-rpi-v8 (arm64) on a Raspberry Pi 4 Model B Rev 1.5.'],
    ['5.10.103-v7l+', ['ok'], 'Linux 5.10.103-v7l+ (arm64) on a Raspberry Pi 4 Model B Rev 1.5.'],
    ['5.4.83-v7+', ['ok', 'warn'], 'Linux 5.4.83-v7+ (arm64) on a Raspberry Pi 4 Model B Rev 1.5.'],
  ])('with kernel %s', (release, levels, text) => {
    const findings = systemCheck(madeUp({ ...PI, '/proc/sys/kernel/osrelease': `${release}\n` }));
    expect(findings.map(({ level }) => level)).toEqual(levels);
    expect(findings[0]?.text).toBe(text);
  });

  it('without /proc', () => {
    expect(systemCheck(madeUp())).toMatchObject([{ level: 'warn' }]);
  });
});

describe('Node.js and its native packages', () => {
  const failing = (name: string, code: string) => async (asked: string) => {
    if (asked === name) throw Object.assign(new Error('no'), { code });
  };

  it.each([
    ['serialport', 'ERR_DLOPEN_FAILED', 'bad', 'npm rebuild serialport'],
    ['koffi', 'ERR_MODULE_NOT_FOUND', 'bad', 'npm install koffi'],
    ['onoff', 'ERR_DLOPEN_FAILED', 'hint', 'npm rebuild epoll'],
    ['onoff', 'ERR_MODULE_NOT_FOUND', 'hint', 'npm install onoff'],
  ])('%s with %s', async (name, code, level, fix) => {
    const findings = await nodeCheck(madeUp({}, { load: failing(name, code) }));
    expect(findings.filter((finding) => finding.level !== 'ok')).toMatchObject([{ level, fix }]);
    expect(findings).toHaveLength(4);
  });

  it.each([
    ['v20.18.3', 'bad'],
    ['v18.20.0', 'bad'],
    ['v20.19.0', 'ok'],
    ['v22.1.0', 'ok'],
  ])('%s is %s', async (version, level) => {
    const [finding] = await nodeCheck(madeUp({}, { node: { version, abi: '115', execPath: '/usr/bin/node' } }));
    expect(finding).toMatchObject({ level });
  });

  const unit = (node: string) => ({
    '/etc/systemd/system/carter-bridge.service': `[Service]\nExecStart=${node} /opt/main.js run\n`,
  });

  it('of the service is gone, or another', async () => {
    expect((await nodeCheck(madeUp(unit('/opt/node/bin/node')))).at(-1)).toMatchObject({ level: 'bad' });
    const other = { ...unit('/opt/node/bin/node'), '/opt/node/bin/node': '', '/usr/bin/node': '' };
    expect((await nodeCheck(madeUp(other))).at(-1)).toMatchObject({ level: 'hint' });
    expect((await nodeCheck(madeUp({ ...unit('/usr/bin/node'), '/usr/bin/node': '' }))).at(-1)).toMatchObject({
      level: 'ok',
    });
  });
});

describe('GPIO', () => {
  const sysfs = (base: string, label: string): Tree => ({
    '/sys/class/gpio/export': '',
    [`/sys/class/gpio/gpiochip${base}/label`]: `${label}\n`,
    [`/sys/class/gpio/gpiochip${base}/base`]: `${base}\n`,
    [`/sys/class/gpio/gpiochip${base}/ngpio`]: '58\n',
  });

  /** What is said of a machine with these chips as character devices. */
  function said(tree: Tree, chips: readonly MadeUpChip[] = []) {
    const nodes = chips.map((chip, i) => [`/dev/gpiochip${i}`, chip] as const);
    const files = Object.fromEntries(nodes.map(([path]) => [path, '']));
    const chipKernel = () => new MadeUpKernel(new Map(nodes.map(([path, chip]) => [machine.path(path), chip])));
    const subject = madeUp({ ...tree, ...files }, { chipKernel });
    const { machine, root } = subject;
    return gpioCheck(subject).map(({ level, text }) => `${level}: ${text.replaceAll(root, '')}`);
  }

  it.each(['pinctrl-bcm2835', 'pinctrl-bcm2711', 'pinctrl-rp1'])('of %s, with its base', (label) => {
    expect(said({ ...PI, ...sysfs('512', label), ...sysfs('570', 'raspberrypi-exp-gpio') })).toEqual([
      `ok: GPIO chip ${label} has 58 lines, in sysfs from 512 on: the pins of the header; BCM 17 is 529 in sysfs.`,
      'ok: GPIO chip raspberrypi-exp-gpio has 58 lines, in sysfs from 570 on.',
      `ok: The bridge takes ${label} for the pins, over sysfs (numbers from 512 on): this kernel has no GPIO character device (/dev/gpiochip*).`,
    ]);
  });

  it('without sysfs, as on a new Pi 5: the chip that a driver would take', () => {
    expect(said(PI, [new MadeUpChip('gpio-brcmstb@107d508500', 32), new MadeUpChip('pinctrl-rp1', 54)])).toEqual([
      'ok: The kernel offers its GPIO chips as character devices: gpiochip0 (gpio-brcmstb@107d508500, 32 lines), gpiochip1 (pinctrl-rp1, 54 lines).',
      'ok: The bridge takes pinctrl-rp1 for the pins, over /dev/gpiochip1: the kernel counts edges and lets nobody else have its lines.',
    ]);
  });

  it('A5: with pins that others have, whoever they are', () => {
    const chip = new MadeUpChip('pinctrl-bcm2711', 58);
    chip.line(17).consumer = 'carter-bridge';
    expect(said(PI, [chip]).at(-1)).toBe('ok: In use are GPIO 17 (carter-bridge).');
    chip.line(4).consumer = 'onewire@4';
    chip.line(42).consumer = 'ACT';
    expect(said(PI, [chip]).at(-1)).toBe('hint: In use are GPIO 4 (onewire@4), GPIO 17 (carter-bridge).');
    const list = [
      'gpiochip0: GPIOs 512-569, parent: platform/fe200000.gpio, pinctrl-bcm2711:',
      ' gpio-512 (ID_SDA              )',
      ' gpio-516 (GPIO4               |onewire@4           ) out hi ',
      ' gpio-529 (GPIO17              |sysfs               ) out lo ACTIVE LOW',
      ' gpio-554 (STATUS_LED_G_CLK    |ACT                 ) out lo ',
      '',
    ].join('\n');
    const old = { ...PI, ...sysfs('512', 'pinctrl-bcm2711'), '/sys/kernel/debug/gpio': list };
    expect(said(old).at(-1)).toBe('hint: In use are GPIO 4 (onewire@4), GPIO 17 (sysfs).');
  });

  it('that this user may not open', () => {
    const chip = new MadeUpChip('pinctrl-rp1', 54);
    chip.denied = true;
    expect(said(PI, [chip])).toEqual([
      'ok: The kernel offers its GPIO chips as character devices: gpiochip0.',
      'bad: The bridge can’t use pins here: no permission to use /dev/gpiochip* (add the user that runs this to the group gpio: `sudo usermod -aG gpio $USER`, then log in again).',
    ]);
  });

  it('of a machine that is no Pi: another chip has to be named', () => {
    expect(said({}, [new MadeUpChip('INTC1055:00', 360)]).at(-1)).toBe(
      'hint: The bridge can’t use pins here: no GPIO chip here is a Raspberry Pi’s (name one by its label, `chip: label`; there is gpiochip0 (INTC1055:00, 360 lines)).',
    );
  });

  it('is missed on a Raspberry Pi, and not elsewhere', () => {
    expect(gpioCheck(madeUp(PI))).toMatchObject([{ level: 'warn' }]);
    expect(gpioCheck(madeUp())).toMatchObject([{ level: 'hint' }]);
  });
});

describe('the supply', () => {
  const hwmon = (alarm: string) => ({
    '/sys/class/hwmon/hwmon0/name': 'cpu_thermal\n',
    '/sys/class/hwmon/hwmon1/name': 'rpi_volt\n',
    '/sys/class/hwmon/hwmon1/in0_lcrit_alarm': `${alarm}\n`,
  });
  const firmware = (word: string) => ({ '/sys/devices/platform/soc/soc:firmware/get_throttled': `${word}\n` });

  it.each([
    [hwmon('0'), 'ok'],
    [hwmon('1'), 'bad'],
    [firmware('0'), 'ok'],
    [firmware('50005'), 'bad'],
    [firmware('50000'), 'warn'],
    [firmware('4'), 'warn'],
    [{ ...hwmon('0'), ...firmware('10000') }, 'warn'],
  ])('%j is %s', (tree, level) => {
    expect(powerCheck(madeUp(tree))).toMatchObject([{ level }]);
  });

  it('is not judged where nothing tells', () => {
    expect(powerCheck(madeUp(PI))).toEqual([]);
  });
});

it('the clock is set, or not', () => {
  const clock = new VirtualClock();
  expect(timeCheck({ ...madeUp(), clock })).toMatchObject([
    { level: 'ok', text: expect.stringContaining('2026-06-01') },
  ]);
  clock.epoch = undefined;
  expect(timeCheck({ ...madeUp(), clock })).toMatchObject([{ level: 'warn', fix: expect.stringContaining('ntp') }]);
});

describe('the state folder', () => {
  it('has room, also where it does not exist yet', async () => {
    const subject = madeUp();
    const [finding, ...more] = await storageCheck({ ...subject, stateDir: `${subject.root}/a/b` });
    expect(finding).toMatchObject({ check: 'storage', text: expect.stringMatching(/^There are \d+ MB free/) });
    expect(more).toEqual([]);
  });

  const MB = 1 << 20;
  const unit = { '/etc/systemd/system/carter-bridge.service': '[Service]\nExecStart=/usr/bin/node /opt/main.js run\n' };

  it.each([
    ['with room', { free: 300 * MB, problem: undefined }, {}, ['ok']],
    ['with little room', { free: 150 * MB, problem: undefined }, {}, ['warn']],
    ['on a full disk', { free: 5 * MB, problem: undefined }, {}, ['bad']],
    ['on a card that is read-only', { free: 300 * MB, problem: 'EROFS' }, unit, ['bad', 'ok']],
    ['of somebody else', { free: 300 * MB, problem: 'EACCES' }, {}, ['bad', 'ok']],
    ['of the service', { free: 300 * MB, problem: 'EACCES' }, unit, ['hint', 'ok']],
  ])('%s', (_what, folder, tree, levels) => {
    expect(judge(folder, madeUp(tree)).map(({ level }) => level)).toEqual(levels);
  });
});

describe('the service', () => {
  const unit = {
    '/etc/systemd/system/carter-bridge.service':
      '[Service]\nExecStart=/usr/bin/node /opt/main.js run --config /etc/b.yaml\n',
    '/opt/main.js': '',
  };
  const procs = (pids: string) => ({ '/sys/fs/cgroup/system.slice/carter-bridge.service/cgroup.procs': pids });

  it.each([
    ['is installed and runs', { ...unit, ...procs('812\n') }, 'ok'],
    [
      'runs beside control groups of version 1',
      { ...unit, '/sys/fs/cgroup/systemd/system.slice/carter-bridge.service/cgroup.procs': '812\n' },
      'ok',
    ],
    ['is installed and has no process', { ...unit, ...procs('') }, 'bad'],
    ['is installed and was never started', unit, 'bad'],
    ['lost its program', { ...unit, '/opt/main.js': { to: '/nowhere' } }, 'bad'],
    ['is not installed', { '/run/systemd/system/x': '' }, 'hint'],
    ['can not be, without systemd', {}, 'hint'],
  ])('%s', (_what, tree: Tree, level) => {
    expect(serviceCheck(madeUp(tree))).toMatchObject([{ level }]);
  });

  it('says which config it has', () => {
    expect(madeUp(unit).unit?.config).toBe('/etc/b.yaml');
  });
});
