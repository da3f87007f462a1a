import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { printable } from '../text.js';
import type { PortAddress } from './line-link.js';

type UsbAddress = Exclude<PortAddress, string>;

/** Who a USB adapter says it is; foreign text, as it stands in sysfs. Ids are four lower-case hex digits. */
export interface UsbIdentity {
  readonly vendorId: string;
  readonly productId: string;
  readonly serialNumber?: string;
  readonly manufacturer?: string;
  readonly product?: string;
}

/** Whether an adapter is the one that an address asks for; without a serial number any will do. */
export function sameIdentity(usb: UsbIdentity, wanted: UsbAddress): boolean {
  return (
    usb.vendorId === hexId(wanted.vendorId) &&
    usb.productId === hexId(wanted.productId) &&
    (wanted.serialNumber === undefined || usb.serialNumber === wanted.serialNumber)
  );
}

function hexId(id: string): string {
  return id.toLowerCase().replace(/^0x/, '').padStart(4, '0');
}

/** An identity for people: `1a86:7523 serial 5`. */
export function identityText({ vendorId, productId, serialNumber }: UsbAddress): string {
  const text = `${hexId(vendorId)}:${hexId(productId)}${serialNumber ? ` serial ${serialNumber}` : ''}`;
  return printable(text, 80);
}

/** Walks up from a device's folder to the USB device that it is a part of. */
export function usbIdentity(device: string, sys: string): UsbIdentity | undefined {
  const top = realpathSync(sys);
  for (let folder = realpathSync(device); folder.startsWith(top + sep); folder = dirname(folder)) {
    const vendorId = attribute(folder, 'idVendor');
    const productId = attribute(folder, 'idProduct');
    if (!vendorId || !productId) continue;
    const serialNumber = attribute(folder, 'serial');
    const manufacturer = attribute(folder, 'manufacturer');
    const product = attribute(folder, 'product');
    return {
      vendorId: vendorId.toLowerCase(),
      productId: productId.toLowerCase(),
      ...(serialNumber && { serialNumber }),
      ...(manufacturer && { manufacturer }),
      ...(product && { product }),
    };
  }
  return undefined;
}

/** A sysfs attribute, or undefined where it is missing or the device has just gone. */
export function attribute(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8').trim();
  } catch {
    return undefined;
  }
}
