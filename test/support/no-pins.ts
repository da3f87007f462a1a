import type { Pins } from '../../src/port/pin.js';

const none = () => Promise.reject(new Error('this device has no pins'));

/** For devices that are not about pins. */
export const noPins: Pins = { openInput: none, openOutput: none, openPwm: none };
