/** The boards that the library is compiled for, as Debian's arduino-core-avr describes them. */
const usb = (vid, pid, product) => [
  `-DUSB_VID=${vid}`,
  `-DUSB_PID=${pid}`,
  '-DUSB_MANUFACTURER="Unknown"',
  `-DUSB_PRODUCT="${product}"`,
];

/** @typedef {{name: string, mcu: string, variant: string, defines: string[], flash: number, ram: number}} Board */

/** `flash` without the boot loader, and `ram`, in bytes. @type {readonly Board[]} */
export const BOARDS = [
  { name: 'uno', mcu: 'atmega328p', variant: 'standard', defines: ['-DARDUINO_AVR_UNO'], flash: 32_256, ram: 2_048 },
  { name: 'mega', mcu: 'atmega2560', variant: 'mega', defines: ['-DARDUINO_AVR_MEGA2560'], flash: 253_952, ram: 8_192 },
  {
    name: 'leonardo',
    mcu: 'atmega32u4',
    variant: 'leonardo',
    defines: ['-DARDUINO_AVR_LEONARDO', ...usb('0x2341', '0x8036', 'Arduino Leonardo')],
    flash: 28_672,
    ram: 2_560,
  },
];
