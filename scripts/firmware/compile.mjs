import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { CORE, run } from './toolchain.mjs';

const LIBRARY = join(import.meta.dirname, '../../firmware-protocol/arduino/CarterBoard');

/** What the Arduino IDE says to the compiler, but for debugging information; and what core 1.8.7 needs with Debian's gcc. */
const FLAGS = [
  ...['-Os', '-ffunction-sections', '-fdata-sections', '-flto', '-MMD', '-DF_CPU=16000000L', '-DARDUINO=10819'],
  ...['-DARDUINO_ARCH_AVR', '-DDECIMAL_DIG=__DECIMAL_DIG__', '-frandom-seed=carter'],
];
const CXX = ['-std=gnu++11', '-fpermissive', '-fno-exceptions', '-fno-threadsafe-statics', '-Wno-error=narrowing'];
const OURS = ['-Wall', '-Wextra', '-Werror'];

/** Names of the library's examples. */
export function exampleNames() {
  return readdirSync(join(LIBRARY, 'examples')).sort();
}

/** The folder of an example. */
export function exampleFolder(name) {
  return join(LIBRARY, 'examples', name);
}

/** Compiles sketches for one board; what they have in common is compiled once. */
export class Builder {
  /** `work`: an empty folder for this board. */
  constructor(board, work) {
    this.board = board;
    this.work = work;
    const { mcu, variant, defines } = board;
    const includes = [join(CORE, 'cores/arduino'), join(CORE, 'variants', variant), join(LIBRARY, 'src')];
    this.flags = [`-mmcu=${mcu}`, ...FLAGS, ...defines, ...includes.map((folder) => `-I${folder}`)];
    this.core = this.archive('core', join(CORE, 'cores/arduino'), ['-w']);
    this.library = this.archive('library', join(LIBRARY, 'src'), OURS);
  }

  /** Links a sketch: `sources` are its .ino and other files. Returns the paths of its ELF file and its HEX file. */
  build(name, sources) {
    const folder = join(this.work, name);
    const objects = sources.map((source) => this.object(source, folder, OURS));
    const elf = join(folder, `${name}.elf`);
    const link = ['-Os', '-flto', '-fuse-linker-plugin', '-Wl,--gc-sections', `-mmcu=${this.board.mcu}`];
    run('avr-gcc', [...link, '-o', elf, ...objects, this.library, this.core, '-lm'], folder);
    const hex = join(folder, `${name}.hex`);
    run('avr-objcopy', ['-O', 'ihex', '-R', '.eeprom', elf, hex], folder);
    return { elf, hex };
  }

  /** Builds an example from its folder. */
  example(name) {
    const folder = exampleFolder(name);
    const sources = readdirSync(folder).filter((file) => ['.ino', '.cpp'].includes(extname(file)));
    return this.build(
      name,
      sources.sort().map((file) => join(folder, file)),
    );
  }

  archive(name, folder, warnings) {
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const objects = sources
      .filter((file) => ['.c', '.cpp', '.S'].includes(extname(file)))
      .sort()
      .map((file) => this.object(join(folder, file), join(this.work, name), warnings));
    const archive = join(this.work, `${name}.a`);
    run('avr-gcc-ar', ['rcsD', archive, ...objects], this.work);
    return archive;
  }

  object(source, folder, warnings) {
    mkdirSync(folder, { recursive: true });
    const object = join(folder, `${basename(source)}.o`);
    run('avr-g++', [...this.flags, ...warnings, ...language(source), '-c', '-o', object, source], folder);
    return object;
  }
}

/** How a file is to be read. */
function language(source) {
  switch (extname(source)) {
    case '.c':
      return ['-x', 'c', '-std=gnu11'];
    case '.S':
      return ['-x', 'assembler-with-cpp'];
    case '.ino':
      return ['-x', 'c++', ...CXX, '-include', 'Arduino.h'];
    default:
      return CXX;
  }
}

/** Bytes of flash and RAM that a program takes. */
export function sizeOf(elf) {
  const [text = 0, data = 0, bss = 0] = run('avr-size', [elf]).split('\n')[1]?.trim().split(/\s+/).map(Number) ?? [];
  return { flash: text + data, ram: data + bss };
}

/** The HEX file with newlines only. */
export function hexOf({ hex }) {
  return readFileSync(hex, 'utf8').replaceAll('\r\n', '\n');
}
