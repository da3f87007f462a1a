import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { specOf } from '../../devices/board/points.js';
import { AutoFormat } from '../../devices/lines/auto-format.js';
import { csvParser, parseJson, parseKeyValue, parsePlotter } from '../../devices/lines/formats.js';
import { Pattern } from '../../devices/lines/pattern.js';
import { crc32, hex8 } from '../../firmware-protocol/checksum.js';
import { decodeBoardLine, decodeHostLine } from '../../firmware-protocol/decode.js';
import { encodeBoardLine, encodeHostLine } from '../../firmware-protocol/encode.js';
import { decodePoint, fingerprint } from '../../firmware-protocol/point.js';
import { checkValue } from '../../src/action/coerce.js';
import { readCommand } from '../../src/action/command.js';
import { lineSplitter } from '../../src/control/protocol.js';
import type { PointSpec } from '../../src/device/point.js';
import { silentLog } from '../../src/log.js';
import { readArtifact } from '../../src/mesh/artifact.js';
import { frameKind, readFrame } from '../../src/mesh/client-receive.js';
import { roomCipher } from '../../src/mesh/e2ee.js';
import { deriveKey, sealText } from '../../src/mesh/e2ee-box.js';
import { isObject } from '../../src/mesh/frame.js';
import { findByName, readRoster } from '../../src/mesh/roster.js';
import { Access } from '../../src/panel/access.js';
import { Allowances } from '../../src/panel/allowances.js';
import { answerTo, refusesSocket } from '../../src/panel/answer.js';
import { Sessions } from '../../src/panel/sessions.js';
import { readIdentity } from '../../src/relay/identity.js';
import { readInbound } from '../../src/relay/inbound.js';
import { systemClock } from '../../src/system-clock.js';
import { machineTargets } from './fuzz-machine.js';
import { type FuzzTarget, ownersTargets, refusing } from './fuzz-owner.js';

import { stateTarget } from './fuzz-state.js';

export type { FuzzTarget } from './fuzz-owner.js';

const KIB = 1024;
const KEY = Buffer.alloc(32, 7);
const clock = systemClock();

const SPECS: readonly PointSpec[] = [
  { id: 'pump', role: 'actuator', type: 'boolean', safe: false },
  { id: 'fan', role: 'actuator', type: 'number', min: 0, max: 100, step: 0.5 },
  { id: 'mode', role: 'actuator', type: 'enum', options: ['eco', 'full'] },
  { id: 'sign', role: 'actuator', type: 'string' },
];

/** Every parser that eats what somebody outside wrote. `release` gives back what they hold. */
export function fuzzTargets(examples: string): { readonly targets: readonly FuzzTarget[]; release(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'carter-fuzz-'));
  const targets: FuzzTarget[] = [
    {
      name: 'board lines',
      seeds: boardLines(),
      longest: KIB,
      run: (text) => {
        // A right checksum leads the rest of a line to what is behind it.
        const body = text.slice(0, -9);
        const sealed = `${body}*${hex8(crc32(body))}`;
        const found = [text, sealed].flatMap((line) => [decodeBoardLine(line), decodeHostLine(line)]);
        if (found.some(({ error, message }) => (error === undefined) === (message === undefined))) {
          throw new Error('neither a message nor an error');
        }
      },
    },
    {
      name: 'board manifests',
      seeds: ['pump actuator boolean Pump - - - - 0 3000', 'mode actuator enum Mode - - - - 0 0 eco full'],
      longest: KIB,
      run: (text) => {
        const point = decodePoint(text);
        if (!point) return;
        fingerprint([point]);
        specOf(point);
      },
    },
    {
      name: 'lines of sketches',
      seeds: ['{"temp":21.5,"air":{"hum":45}}', 'temp=21.5 hum=45 %', 'Temp C: 21.5, Hum: 45', '21.5\t45', 'T=21.5'],
      longest: KIB,
      run: (text) => {
        const auto = new AutoFormat(undefined, silentLog, () => {});
        for (let i = 0; i < 4; i++) auto.parse(text);
        for (const parse of [parseJson, parseKeyValue, parsePlotter, csvParser(['a', 'b'])]) parse(text);
        new Pattern('T=(?<temp>[-0-9.]+)\\s*(?<unit>[CF])?').exec(text);
      },
    },
    {
      name: 'frames for the bridge',
      seeds: ['{"id":"1","type":"broadcast","payload":{"msg_type":"rig.cmd","value":true},"reply_to":null}'],
      longest: 1_100 * KIB,
      run: (text) => {
        const frame = readFrame(Buffer.from(text));
        if (typeof frame !== 'string') frameKind(frame);
      },
    },
    {
      name: 'frames for the relay',
      seeds: ['{"id":"1","type":"route_msg","payload":{"target_id":"x","type":"y","payload":{}},"reply_to":null}'],
      longest: KIB * KIB,
      run: (text) => void readInbound(text, 64),
    },
    {
      name: 'members of the relay',
      seeds: [
        '{"clients":[{"id":"1","name":"rig","channel":"lab","role":"node"}]}',
        '{"name":"rig","channel":"lab","role":"mobile","can_broadcast":true,"broadcast_scope":"global","token":"x"}',
      ],
      longest: KIB * KIB,
      run: (text) => {
        const frame = readFrame(Buffer.from(`{"id":"1","type":"x","payload":${text}}`));
        if (typeof frame === 'string') return;
        findByName(readRoster(frame.payload), 'rig');
        if (isObject(frame.payload)) readIdentity(frame.payload, 'client-1');
      },
    },
    {
      name: 'commands',
      seeds: SPECS.map(
        ({ id }) => `{"msg_type":"rig.cmd","dev":"shed","point":"${id}","value":"1","_cmd":"c","_from":"a"}`,
      ),
      longest: 200 * KIB,
      run: (text) => {
        const frame = readFrame(Buffer.from(`{"id":"1","type":"broadcast","payload":${text}}`));
        if (typeof frame === 'string' || !isObject(frame.payload)) return;
        const request = readCommand(frame.payload, { via: 'plain' });
        for (const spec of request ? SPECS : []) {
          const checked = checkValue(spec, request?.value);
          const bad =
            'value' in checked && typeof checked.value === 'number' && !(checked.value >= 0 && checked.value <= 100);
          if (bad) throw new Error('a number beyond its limits');
        }
      },
    },
    {
      name: 'envelopes',
      seeds: [JSON.stringify(room('anna').seal({ msg_type: 'rig.cmd', dev: 'shed' }))],
      longest: 200 * KIB,
      run: (text) => {
        const frame = readFrame(Buffer.from(`{"id":"1","type":"broadcast","payload":${text}}`));
        if (typeof frame !== 'string') refusing(() => room('rig').open(frame.payload));
      },
    },
    {
      name: 'what is in envelopes',
      seeds: ['{"msg_type":"rig.cmd","dev":"shed","_ts":1,"_ch":"lab","_from":"anna"}', '{"_ts":"now"}', '[1]', 'null'],
      longest: 200 * KIB,
      run: (text) => {
        const salt = Buffer.alloc(16, 1);
        const ct = sealText(deriveKey(KEY, salt, 'grp v2'), 0, text).toString('base64');
        refusing(() => room('rig').open({ e2ee: 2, s: salt.toString('base64'), n: 0, ct }));
      },
    },
    {
      name: 'requests to the panel',
      seeds: [
        'GET\n/open/abc\nhost: 127.0.0.1:8080\ncookie: carter-panel-8080=x',
        'GET\n/live\nhost: 127.0.0.1:8080\norigin: http://127.0.0.1:8080',
      ],
      longest: 8 * KIB,
      run: (text) => {
        const [method, url, ...lines] = text.split('\n');
        const headers = Object.fromEntries(lines.map((line) => line.split(': ', 2)));
        const access = new Access(new Sessions(clock), 'carter-panel-8080', clock);
        const allowances = new Allowances(clock, 0);
        const gate = {
          scheme: 'http',
          hosts: new Set(['127.0.0.1:8080']),
          access,
          allowances,
          files: new Map(),
        } as const;
        const { status } = answerTo({ method, url, headers }, gate);
        if (status < 400 && url !== '/panel.css') throw new Error(`a stranger was answered with ${status}`);
        if (refusesSocket({ method, url, headers }, gate) === undefined) throw new Error('a stranger was let in');
      },
    },
    {
      name: 'pairing data',
      seeds: [
        '{"url":"ws://192.168.1.5:8765","channel":"home","token":"x","k":"y"}',
        '{"identity":{"channel":"home"},"url":"wss://a.b"}',
      ],
      longest: 64 * KIB,
      run: (text) => {
        const frame = readFrame(Buffer.from(`{"id":"1","type":"x","payload":${text}}`));
        refusing(() => readArtifact(typeof frame === 'string' ? text : frame.payload));
      },
    },
    {
      name: 'lines of the control socket',
      seeds: ['{"op":"get","device":"shed"}\n{"op":"status"}\n'],
      longest: KIB * KIB,
      run: (text) => {
        const split = lineSplitter(
          (line) => {
            if (line.includes('\n') || line === '') throw new Error('not a line');
          },
          () => {},
        );
        for (let at = 0; at < text.length; at += 65_536) split(text.slice(at, at + 65_536));
      },
    },
  ];
  return {
    targets: [...targets, ...ownersTargets(examples, folder), ...machineTargets(folder), stateTarget(folder)],
    release: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function boardLines(): string[] {
  return [
    encodeBoardLine(2, {
      verb: 'reading',
      values: [
        { point: 'pump', value: '1' },
        { point: 'temp', value: '21.5' },
      ],
    }),
    encodeBoardLine(3, { verb: 'ack', cid: 1, value: '1', moving: false }),
    encodeBoardLine(4, { verb: 'event', point: 'button', count: 12, event: 'pressed' }),
    encodeHostLine(5, { verb: 'set', cid: 1, point: 'pump', value: '1' }),
  ];
}

function room(name: string) {
  return roomCipher(KEY.toString('base64'), { name, channel: 'lab', clock });
}
