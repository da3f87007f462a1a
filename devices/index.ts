import type { DriverKind, DriverRegister } from '../src/device/driver-kind.js';
import { boardKind } from './board/kind.js';
import { gpioKind } from './gpio/kind.js';
import { linesKind } from './lines/kind.js';
import { w1Kind } from './w1/kind.js';

const kinds: readonly DriverKind[] = [boardKind, linesKind, gpioKind, w1Kind];

/** All drivers of this program. A new one is added here, by hand. */
export const drivers: DriverRegister = new Map(kinds.map((kind) => [kind.kind, kind]));
