// SPDX-License-Identifier: Apache-2.0
import { type DatabaseRecord, viewOf } from "./database-record.ts";

/** "RpmP", "Slot", "BlbS" and "BlbE", as little-endian numbers. */
const DATABASE_MAGIC = 0x506d_7052;
const SLOT_MAGIC = 0x746f_6c53;
const BLOB_MAGIC = 0x5362_6c42;
const BLOB_END_MAGIC = 0x4562_6c42;

const PAGE_BYTES = 4096;
const BLOCK_BYTES = 16;
const SLOT_BYTES = 16;
const FIRST_SLOT = 32;
const BLOB_HEAD_BYTES = 16;
const BLOB_TAIL_BYTES = 12;

/** Whether these are the first bytes of a `Packages.db`. */
export function isNdb(bytes: Uint8Array): boolean {
  return bytes.length >= FIRST_SLOT && viewOf(bytes).getUint32(0, true) === DATABASE_MAGIC;
}

/**
 * The headers of rpm's own "ndb" format (SUSE): pages of slots, each of which points to a blob of whole 16-byte blocks. Slots
 * must not point into each other's blobs, so that no file makes more work than it is long.
 */
export function* readNdb(bytes: Uint8Array): Generator<DatabaseRecord, void> {
  const view = viewOf(bytes);
  const version = view.getUint32(4, true);
  const slotEnd = view.getUint32(12, true) * PAGE_BYTES;
  if (version !== 0 || slotEnd === 0 || slotEnd > bytes.length) {
    yield { problem: `expected version 0 and slots within the file, found version ${version}`, isWhole: true };
    return;
  }
  let left = bytes.length;
  for (let at = FIRST_SLOT; at < slotEnd; at += SLOT_BYTES) {
    if (view.getUint32(at, true) !== SLOT_MAGIC) {
      yield { problem: `expected a slot at byte ${at}`, isWhole: true };
      return;
    }
    const start = view.getUint32(at + 8, true) * BLOCK_BYTES;
    if (start === 0) {
      continue;
    }
    const slot = { package: view.getUint32(at + 4, true), start, length: view.getUint32(at + 12, true) * BLOCK_BYTES };
    left -= slot.length;
    if (left < 0) {
      yield { problem: "slots hold more than the file", isWhole: true };
      return;
    }
    const header = readBlob(bytes, slot);
    yield header === undefined ? { problem: `package ${slot.package} is not where its slot says` } : { header };
  }
}

function readBlob(
  bytes: Uint8Array,
  slot: { readonly package: number; readonly start: number; readonly length: number },
): Uint8Array | undefined {
  const { start, length } = slot;
  if (start + length > bytes.length || length < BLOB_HEAD_BYTES + BLOB_TAIL_BYTES) {
    return undefined;
  }
  const view = viewOf(bytes);
  const size = view.getUint32(start + 12, true);
  const tail = start + length - BLOB_TAIL_BYTES;
  const isBlob =
    view.getUint32(start, true) === BLOB_MAGIC &&
    view.getUint32(start + 4, true) === slot.package &&
    Math.ceil((BLOB_HEAD_BYTES + size + BLOB_TAIL_BYTES) / BLOCK_BYTES) * BLOCK_BYTES === length &&
    view.getUint32(tail + 4, true) === size &&
    view.getUint32(tail + 8, true) === BLOB_END_MAGIC;
  return isBlob ? bytes.subarray(start + BLOB_HEAD_BYTES, start + BLOB_HEAD_BYTES + size) : undefined;
}
