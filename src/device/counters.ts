/** Counters of one device, over all its sessions. */
export interface DeviceCounters {
  lines: number;
  overlong: number;
  garbled: number;
  partial: number;
  /** Values of sensors outside of their range. */
  outOfRange: number;
  /** Lines and values that meant nothing to the driver. */
  ignored: number;
  /** Exceptions thrown by the driver's own handlers. */
  driverErrors: number;
}

export const newCounters = (): DeviceCounters => ({
  lines: 0,
  overlong: 0,
  garbled: 0,
  partial: 0,
  outOfRange: 0,
  ignored: 0,
  driverErrors: 0,
});
