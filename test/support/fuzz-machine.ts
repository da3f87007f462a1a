import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIntelHex } from '../../devices/board/intel-hex.js';
import { readSlaveFile, readTemperatureFile } from '../../devices/w1/measurement.js';
import { notFor } from '../../src/http/hosts.js';
import { judgeSupply } from '../../src/port/supply.js';
import { identityText, usbIdentity } from '../../src/port/usb-identity.js';
import { readRecording } from '../../src/record/recording.js';
import { originAllowed } from '../../src/relay/origin.js';
import { printable, printableJson } from '../../src/text.js';
import { type FuzzTarget, refusing } from './fuzz-owner.js';

const KIB = 1024;
/** What no terminal, log or phone may get. */
const RAW = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const HOSTS = new Set(['127.0.0.1:8080', 'localhost:8080']);
const ORIGINS = ['http://127.0.0.1', 'http://localhost:8080'];
/** The flash of an ATmega328P. */
const FLASH = 32 * KIB;

/** Parsers of what a machine, its plugs and its files say, and what makes texts fit to be read. `folder` is for files. */
export function machineTargets(folder: string): FuzzTarget[] {
  const sys = join(folder, 'sys');
  const plug = join(sys, 'usb1');
  mkdirSync(plug, { recursive: true });
  return [
    {
      name: 'words of the kernel',
      seeds: ['50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n', '21500\n', '1', '50005'],
      longest: 4 * KIB,
      run: (text) => {
        for (const found of [readSlaveFile(text), readTemperatureFile(text)]) {
          if ('celsius' in found && !(found.celsius >= -55 && found.celsius <= 125)) throw new Error('no temperature');
        }
        judgeSupply({ alarm: text, throttled: text });
      },
    },
    {
      name: 'names of what is plugged in',
      seeds: ['1a86\n7523\n5\nQinHeng\nUSB Serial', '2341\n0043\n\u202e75\nArduino\nUno'],
      longest: KIB,
      run: (text) => {
        const files = ['idVendor', 'idProduct', 'serial', 'manufacturer', 'product'];
        const lines = text.split('\n');
        for (const [i, file] of files.entries()) writeFileSync(join(plug, file), lines[i] ?? '');
        const usb = usbIdentity(plug, sys);
        if (usb && RAW.test(identityText(usb))) throw new Error('a name that steers a terminal');
      },
    },
    {
      name: 'firmware files',
      seeds: [':0300020041424335\n:00000001FF\n', ':020000020001FB\n:01000000AA55\n:020000040000FA\n:00000001FF'],
      longest: 64 * KIB,
      run: (text) => refusing(() => parseIntelHex(text, FLASH)),
    },
    {
      name: 'recordings',
      seeds: [
        '{"t":1,"recording":1,"seed":1,"source":"a","remembered":{},"config":{"bridge":{},"relay":{},"devices":{"$map":[["a",{}]]}}}\n{"t":2,"port":"a","dir":"in","data":"x"}\n{"t":3,"config":{"$map":[]}}\n',
        `{"t":1,"recording":1,"config":${'['.repeat(30_000)}${']'.repeat(30_000)}}\n`,
      ],
      longest: 64 * KIB,
      run: (text) => {
        const path = join(folder, 'recording.jsonl');
        writeFileSync(path, text);
        refusing(() => readRecording(path));
      },
    },
    {
      name: 'names in requests',
      seeds: [
        '127.0.0.1:8080',
        'http://localhost:8080',
        'LOCALHOST:8080',
        'http://127.0.0.1',
        'null',
        'http://a@127.0.0.1/b',
        'http://127.0.\t0.1',
      ],
      longest: 8 * KIB,
      run: (text) => {
        const isHost = notFor({ headers: { host: text } }, HOSTS) === undefined;
        if (isHost && !/^(127\.0\.0\.1|localhost):8080$/i.test(text)) throw new Error('another host');
        const isOrigin = originAllowed(text, ORIGINS);
        if (isOrigin && !/^http:\/\/[^\s/?#@\\]+$/i.test(text)) throw new Error('more than an origin');
      },
    },
    {
      name: 'texts for people',
      seeds: ['a \u001b[2J\u202eb\u2028c\u009b', '{"a":"\u200f\\u0000"}'],
      longest: 64 * KIB,
      run: (text) => {
        const shown = [printable(text), printable(text, text.length), printableJson(text).replaceAll('\n', '')];
        if (shown.some((each) => RAW.test(each))) throw new Error('it steers a terminal');
      },
    },
  ];
}
