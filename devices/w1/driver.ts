import { sleep } from '../../src/clock.js';
import type { DeviceDriver, DeviceIo, DeviceSession } from '../../src/device/driver.js';
import type { PointSpec } from '../../src/device/point.js';
import { BridgeError } from '../../src/error.js';
import type { W1Options } from './options.js';
import { inferredPoint, listedPoints } from './points.js';
import { findSensors } from './sensors.js';
import { Thermometer } from './thermometer.js';

/** Thermometers that are made points by themselves; further ones are left alone. */
const MAX_INFERRED = 64;

/** Reads the thermometers that the kernel finds on its 1-Wire buses, one after the other, in rounds. */
export class W1Driver implements DeviceDriver {
  constructor(private readonly options: W1Options) {}

  /** Live as soon as there is a bus; values come with the first round, as each takes up to 750 ms. */
  async connect(io: DeviceIo, signal: AbortSignal): Promise<DeviceSession> {
    const { root, interval, resolution } = this.options;
    const listed = listedPoints(this.options);
    const thermometers = new Map<string, Thermometer>();
    const add = (sensor: string, spec: PointSpec) => {
      thermometers.set(sensor, new Thermometer(sensor, spec, io, root));
    };
    for (const [sensor, spec] of listed ?? []) add(sensor, spec);
    const describe = () => io.describe([...thermometers.values()].map(({ spec }) => spec));
    const search = async () => {
      const found = await findSensors(io, root);
      if (listed) return;
      const news = found.filter((sensor) => !thermometers.has(sensor)).slice(0, MAX_INFERRED - thermometers.size);
      for (const sensor of news) add(sensor, inferredPoint(sensor));
      if (news.length > 0) describe();
    };
    describe();
    await search();
    if (thermometers.size === 0)
      io.log.warn({}, 'no thermometer answers on the 1-Wire bus; is it wired with its resistor?');
    io.every(0, async () => {
      for (const each of thermometers.values()) {
        io.report([await each.read()]);
        // Not before the bus is live: one that does not answer must not keep the others from it.
        if (resolution !== undefined) await each.checkResolution(resolution);
      }
      await sleep(io.clock, interval, signal);
      await search();
    });
    const apply = () => Promise.reject(new BridgeError('device/refused', 'a thermometer can not be switched'));
    return { identity: {}, apply };
  }
}
