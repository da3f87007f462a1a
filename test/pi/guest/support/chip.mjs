// Simulated GPIO chips, made and removed through configfs; to the rest of the kernel they are chips like any other.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CONFIG = '/sys/kernel/config/gpio-sim';
let made = 0;

export class Chip {
  /** `hogs`: lines that a kernel driver has, with its name. */
  constructor(label = 'pinctrl-bcm2711', { lines = 54, hogs = {} } = {}) {
    this.label = label;
    this.folder = join(CONFIG, `chip${made++}`);
    this.bank = join(this.folder, 'bank0');
    mkdirSync(this.folder);
    mkdirSync(this.bank);
    writeFileSync(join(this.bank, 'num_lines'), String(lines));
    writeFileSync(join(this.bank, 'label'), label);
    this.hogged = Object.entries(hogs).map(([line, name]) => {
      const folder = join(this.bank, `line${line}`);
      mkdirSync(folder);
      mkdirSync(join(folder, 'hog'));
      writeFileSync(join(folder, 'hog/name'), name);
      writeFileSync(join(folder, 'hog/direction'), 'input');
      return folder;
    });
    this.plug();
  }

  plug() {
    writeFileSync(join(this.folder, 'live'), '1');
    const read = (name) => readFileSync(join(this.folder, name), 'utf8').trim();
    this.device = join('/sys/devices/platform', read('dev_name'), read('bank0/chip_name'));
    this.node = join('/dev', read('bank0/chip_name'));
    const chips = existsSync('/sys/class/gpio') ? readdirSync('/sys/class/gpio') : [];
    const mine = chips.find((name) => {
      const label = join('/sys/class/gpio', name, 'label');
      return existsSync(label) && readFileSync(label, 'utf8').trim() === this.label;
    });
    this.base = mine === undefined ? undefined : Number(readFileSync(join('/sys/class/gpio', mine, 'base'), 'utf8'));
  }

  unplug() {
    writeFileSync(join(this.folder, 'live'), '0');
  }

  /** What is wired to a line pulls it up or down. */
  pull(line, high) {
    writeFileSync(join(this.device, `sim_gpio${line}/pull`), high ? 'pull-up' : 'pull-down');
  }

  /** The level of a line, 0 or 1. */
  level(line) {
    return Number(readFileSync(join(this.device, `sim_gpio${line}/value`), 'utf8'));
  }

  /** Whether a program has the line exported in sysfs. */
  exported(line) {
    return existsSync(`/sys/class/gpio/gpio${this.base + line}`);
  }

  /** Sets an exported line, as another program would. */
  setExported(line, direction) {
    writeFileSync(`/sys/class/gpio/gpio${this.base + line}/direction`, direction);
  }

  /** Takes all lines out of sysfs that a program left there. */
  release() {
    for (let line = 0; line < 54; line++) {
      if (this.exported(line)) writeFileSync('/sys/class/gpio/unexport', String(this.base + line));
    }
  }

  remove() {
    this.unplug();
    for (const line of this.hogged) {
      rmdirSync(join(line, 'hog'));
      rmdirSync(line);
    }
    rmdirSync(this.bank);
    rmdirSync(this.folder);
  }
}
